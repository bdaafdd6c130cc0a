// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Finds messages on the page about troubleshooting. A row of its tables begins with a part of the
 * message in back-quotes, in which {@code …} stands for any text.
 */
final class Troubleshooting {

  private static final Path PAGE = Path.of("..", "docs", "troubleshooting.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\|");

  /** What is left of a failure's description are the property, its value and its origin. */
  private static final Pattern REASON =
      Pattern.compile("(?s)(?:Reason: |following reason:\\s+)(.*)");

  private Troubleshooting() {}

  /** Returns the messages of all rows. */
  static List<String> rows() {
    try {
      return ROW.matcher(Files.readString(PAGE))
          .results()
          .map(row -> row.group(1))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the parts of a row that stand between variable texts. */
  static List<String> parts(String row) {
    return Arrays.stream(row.split(MessageTexts.VARIABLE, -1)).toList();
  }

  static boolean hasRow(String message) {
    return rows().stream().anyMatch(row -> pattern(row).matcher(message).find());
  }

  /** Fails if the page does not have the description of a failed start. */
  static void assertHasRow(String description) {
    String reason = REASON
        .matcher(description)
        .results()
        .findFirst()
        .map((MatchResult found) -> found.group(1))
        .orElse(description);
    assertThat(hasRow(reason))
        .as("docs/troubleshooting.md needs a row for this message: | `part of it` | meaning |"
            + " remedy |\n" + reason)
        .isTrue();
  }

  private static Pattern pattern(String row) {
    return Pattern.compile(
        parts(row).stream().map(Pattern::quote).collect(joining(".*")), Pattern.DOTALL);
  }
}
