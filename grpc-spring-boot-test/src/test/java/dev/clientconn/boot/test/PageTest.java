// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Compares the Java of the page about tests with the tests of this module. */
class PageTest {

  private static final Path PAGE = Path.of("..", "docs", "testing-your-application.md");

  private static final Path TESTS = Path.of("src", "test", "java");

  @Test
  void everySnippetIsCodeOfATest() throws IOException {
    String tests = tests();
    List<String> snippets = Pattern.compile("(?s)```java\n(.*?)```")
        .matcher(Files.readString(PAGE))
        .results()
        .map(match -> withoutLayout(match.group(1)))
        .toList();

    assertThat(snippets).isNotEmpty().allSatisfy(snippet -> assertThat(tests).contains(snippet));
  }

  private static String tests() throws IOException {
    try (Stream<Path> files = Files.walk(TESTS)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .map(PageTest::read)
          .collect(Collectors.joining());
    }
  }

  private static String read(Path file) {
    try {
      return withoutLayout(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String withoutLayout(String java) {
    return java.replaceAll("\\s", "");
  }
}
