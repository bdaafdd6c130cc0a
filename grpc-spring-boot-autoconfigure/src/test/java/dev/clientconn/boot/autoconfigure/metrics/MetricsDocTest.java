// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Compares the table of meters in {@code docs/metrics.md} with their definitions. With the system
 * property {@code metrics.update} it writes the table instead.
 */
class MetricsDocTest {

  private static final Path PAGE = Path.of("..", "docs", "metrics.md");

  private static final String HEADER = "| Meter | Type | Unit | Further tags | Meaning |";

  private static final String UPDATE =
      "mvn -pl grpc-spring-boot-autoconfigure -am test -Dtest=MetricsDocTest -Dmetrics.update"
          + " -Dsurefire.failIfNoSpecifiedTests=false";

  @Test
  void tableIsThatOfTheDefinitions() throws IOException {
    List<String> page = Files.readAllLines(PAGE);
    List<String> expected = expected(page);
    if (System.getProperty("metrics.update") != null) {
      Files.write(PAGE, expected);
      page = Files.readAllLines(PAGE);
    }

    assertThat(page)
        .as("run: %s, or put this table there:%n%s", UPDATE, String.join("\n", table()))
        .isEqualTo(expected);
  }

  @Test
  void pageHasTheNumberOfSeries() throws IOException {
    long always = count(Stream.of(TransportMeter.values())
        .filter(each -> each.presence() != TransportMeter.Presence.WHILE_KNOWN));
    long most = count(Stream.of(TransportMeter.values()));

    assertThat(String.join(" ", Files.readAllLines(PAGE)))
        .contains("A target has " + always + " meters while it has no connection, and " + most
            + " at most.");
  }

  private static long count(Stream<TransportMeter> meters) {
    return meters.mapToLong(each -> each.allSeries("address").size()).sum();
  }

  /** The page with another table. */
  private static List<String> expected(List<String> page) {
    int first = page.indexOf(HEADER);
    assertThat(first).as("the line '%s' of the page", HEADER).isNotNegative();
    int end = first;
    while (page.get(end).startsWith("|")) {
      end++;
    }
    List<String> lines = new ArrayList<>(page.subList(0, first));
    lines.addAll(table());
    lines.addAll(page.subList(end, page.size()));
    return lines;
  }

  private static List<String> table() {
    List<String> lines = new ArrayList<>(List.of(HEADER, "|---|---|---|---|---|"));
    for (TransportMeter meter : TransportMeter.values()) {
      String unit = meter.kind().unit();
      String tags =
          meter.tags().stream().map(MetricsDocTest::tag).collect(Collectors.joining("; "));
      lines.add("| `" + meter.meterName() + "` | " + meter.kind().type() + " |"
          + cell(unit == null ? "" : unit) + cell(tags) + cell(meter.meaning()));
    }
    return lines;
  }

  private static String cell(String text) {
    return text.isEmpty() ? " |" : " " + text + " |";
  }

  private static String tag(MeterTag tag) {
    String values =
        tag.values().stream().map(value -> "`" + value + "`").collect(Collectors.joining(", "));
    return "`" + tag.key() + "`" + (tag.isFixed() ? ": " + values : "");
  }
}
