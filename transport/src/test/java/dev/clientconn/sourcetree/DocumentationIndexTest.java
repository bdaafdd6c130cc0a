// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sourcetree;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Checks that readers find every page of the documentation. */
class DocumentationIndexTest {

  private static final Path DOCS = SourceTree.ROOT.resolve("docs");
  private static final String INDEX = "README.md";
  private static final Pattern ENTRY = Pattern.compile("(?m)^- \\[(.+?)]\\(([\\w-]+\\.md)\\): ");

  @Test
  void eachPageIsInTheIndexOnce() throws IOException {
    List<String> pages = SourceTree.files("docs", ".md").stream()
        .map(Path::getFileName)
        .map(Path::toString)
        .filter(page -> !page.equals(INDEX))
        .toList();

    assertThat(entries().stream().map(Entry::page))
        .isNotEmpty()
        .containsExactlyInAnyOrderElementsOf(pages);
  }

  @Test
  void eachPageEndsWithLinksToItsNeighbours() throws IOException {
    List<Entry> entries = entries();
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      Path page = DOCS.resolve(entries.get(i).page());
      String links = links(entries, i);
      if (!Files.readString(page).endsWith("\n\n" + links + "\n")) {
        wrong.add(SourceTree.ROOT.relativize(page) + " must end with an empty line and: " + links);
      }
    }

    assertThat(wrong).isEmpty();
  }

  private static String links(List<Entry> entries, int at) {
    List<String> links = new ArrayList<>();
    if (at > 0) {
      links.add("[← %s](%s)"
          .formatted(entries.get(at - 1).title(), entries.get(at - 1).page()));
    }
    links.add("[Contents](" + INDEX + ")");
    if (at + 1 < entries.size()) {
      links.add("[%s →](%s)"
          .formatted(entries.get(at + 1).title(), entries.get(at + 1).page()));
    }
    return String.join(" · ", links);
  }

  private static List<Entry> entries() throws IOException {
    return ENTRY
        .matcher(Files.readString(DOCS.resolve(INDEX)))
        .results()
        .map(entry -> new Entry(entry.group(1), entry.group(2)))
        .toList();
  }

  private record Entry(String title, String page) {}
}
