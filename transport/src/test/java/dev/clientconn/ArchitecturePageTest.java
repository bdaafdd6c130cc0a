// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Compares {@code docs/architecture.md} with the classes that it names. */
class ArchitecturePageTest {

  private static final Path ROOT = Path.of("..");
  private static final String NAME = "([A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+)\\b";
  private static final Pattern IN_FLOWS = Pattern.compile("(?<![\\w.])" + NAME);
  private static final Pattern IN_TEXT = Pattern.compile("`" + NAME);

  /** Rows of the table of names: the first column has those of grpc-go. */
  private static final Pattern OF_GRPC_GO = Pattern.compile("^\\| `[^|]*\\|(.*\\|.*\\|)$");

  private static final Set<String> OF_IO_GRPC =
      Set.of("LoadBalancer", "ManagedChannel", "NameResolverProvider", "SynchronizationContext");

  @Test
  void namesOnlyClassesThatExist() throws IOException {
    Set<String> classes;
    try (Stream<Path> files = Files.walk(ROOT)) {
      classes = files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".java"))
          .map(name -> name.substring(0, name.length() - ".java".length()))
          .collect(Collectors.toSet());
    }

    Set<String> unknown = namedClasses();
    assertThat(unknown).hasSizeGreaterThan(60);
    unknown.removeAll(classes);
    assertThat(unknown).isEmpty();
  }

  private static Set<String> namedClasses() throws IOException {
    Set<String> names = new TreeSet<>();
    boolean inFlow = false;
    for (String line : Files.readAllLines(ROOT.resolve(Path.of("docs", "architecture.md")))) {
      if (line.startsWith("```")) {
        inFlow = !inFlow;
        continue;
      }
      String text = OF_GRPC_GO.matcher(line).replaceFirst("$1");
      (inFlow ? IN_FLOWS : IN_TEXT)
          .matcher(text)
          .results()
          .map(found -> found.group(1))
          .forEach(names::add);
    }
    names.removeAll(OF_IO_GRPC);
    return names;
  }
}
