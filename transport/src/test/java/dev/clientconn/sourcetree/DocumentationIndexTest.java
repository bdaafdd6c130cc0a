// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sourcetree;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Checks that readers find every page of the documentation. */
class DocumentationIndexTest {

  private static final String INDEX = "README.md";
  private static final Pattern ENTRY = Pattern.compile("(?m)^- \\[.+?]\\(([\\w-]+\\.md)\\): ");

  @Test
  void eachPageIsInTheIndexOnce() throws IOException {
    List<String> pages = SourceTree.files("docs", ".md").stream()
        .map(Path::getFileName)
        .map(Path::toString)
        .filter(page -> !page.equals(INDEX))
        .toList();
    String index = Files.readString(SourceTree.ROOT.resolve("docs").resolve(INDEX));

    assertThat(ENTRY.matcher(index).results().map(entry -> entry.group(1)))
        .isNotEmpty()
        .containsExactlyInAnyOrderElementsOf(pages);
  }
}
