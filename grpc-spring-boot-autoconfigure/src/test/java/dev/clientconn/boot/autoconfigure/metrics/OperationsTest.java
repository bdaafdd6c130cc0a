// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** Compares the queries of the dashboard and of the alert rules with the meters there are. */
class OperationsTest {

  private static final Path FOLDER = Path.of("..", "docs", "operations");

  private static final Pattern SELECTOR = Pattern.compile("(grpc_[a-z_]+)(\\{[^}]*})?");

  private static final Pattern MATCHER =
      Pattern.compile("([a-z_]+)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");

  private static final Pattern GROUPING = Pattern.compile("(?:by|on) \\(([^)]*)\\)");

  private static final Pattern LEGEND = Pattern.compile("\\{\\{(?: \\$labels\\.)?([a-z_]+)");

  /** Added by Prometheus. */
  private static final Set<String> OF_PROMETHEUS = Set.of("instance", "job");

  /** The meters by the names that Micrometer's Prometheus registry gives their series. */
  private static final Map<String, TransportMeter> BY_SERIES = bySeries();

  private static Map<String, TransportMeter> bySeries() {
    Map<String, TransportMeter> all = new HashMap<>();
    for (TransportMeter meter : TransportMeter.values()) {
      String name = meter.meterName().replace('.', '_');
      switch (meter.kind()) {
        case GAUGE -> all.put(name, meter);
        case BYTES -> all.put(name + "_bytes", meter);
        case TIME_GAUGE -> all.put(name + "_seconds", meter);
        case COUNTER, BYTE_COUNTER -> all.put(name + "_total", meter);
        case TIMER -> {
          all.put(name + "_seconds_count", meter);
          all.put(name + "_seconds_sum", meter);
        }
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("queries")
  void everyNameAndLabelOfAQueryIsThatOfAMeter(String query) {
    List<TransportMeter> meters = new ArrayList<>();
    Matcher selector = SELECTOR.matcher(labelsRemoved(query));
    while (selector.find()) {
      String series = selector.group(1);
      assertThat(BY_SERIES).as("series of: %s", query).containsKey(series);
      meters.add(Objects.requireNonNull(BY_SERIES.get(series)));
    }
    assertThat(meters).as(query).isNotEmpty();
    Matcher full = Pattern.compile("(grpc_[a-z_]+)\\{([^}]*)}").matcher(query);
    while (full.find()) {
      TransportMeter meter = Objects.requireNonNull(BY_SERIES.get(full.group(1)));
      Matcher matcher = MATCHER.matcher(full.group(2));
      while (matcher.find()) {
        assertValues(query, meter, matcher.group(1), matcher.group(3));
      }
    }
    Matcher grouping = GROUPING.matcher(query);
    while (grouping.find()) {
      for (String label : grouping.group(1).split(",", -1)) {
        assertThat(meters)
            .as("%s in: %s", label, query)
            .anySatisfy(meter -> assertThat(labels(meter)).contains(label.strip()));
      }
    }
  }

  @Test
  void everyMeterIsOnTheDashboardOrInTheAlerts() {
    String all = String.join("\n", queries().toList());

    assertThat(TransportMeter.values())
        .filteredOn(meter -> BY_SERIES.entrySet().stream()
            .noneMatch(each -> each.getValue() == meter && all.contains(each.getKey())))
        // Other panels show the same, or what follows from it.
        .containsExactlyInAnyOrder(
            TransportMeter.ATTEMPTS_SUCCEEDED,
            TransportMeter.ATTEMPTS_FAILED,
            TransportMeter.OPEN_CONNECTIONS,
            TransportMeter.WINDOW_RECEIVE,
            TransportMeter.WINDOW_RECEIVE_TARGET,
            TransportMeter.STREAM_WINDOW_RECEIVE,
            TransportMeter.LOOP_QUEUE,
            TransportMeter.SETTINGS_CHANGES);
  }

  @Test
  void legendsAndSummariesNameLabelsThereAre() {
    Set<String> known = new HashSet<>(OF_PROMETHEUS);
    for (TransportMeter meter : TransportMeter.values()) {
      known.addAll(labels(meter));
    }
    for (String file : List.of("grafana-dashboard.json", "prometheus-alerts.yml")) {
      Matcher matcher = LEGEND.matcher(read(file));
      while (matcher.find()) {
        assertThat(known).as(file).contains(matcher.group(1));
      }
    }
  }

  @Test
  void everyCauseHasASectionThatTheAlertsLeadTo() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "slow-calls.md"));

    assertThat(MeterTag.CAUSE.values())
        .allSatisfy(cause -> assertThat(page)
            .contains("`" + cause + "`")
            .containsPattern("### .*" + cause.replace('_', ' ')));
    Matcher runbook =
        Pattern.compile("slow-calls.md#(\\S+)").matcher(read("prometheus-alerts.yml"));
    while (runbook.find()) {
      String title = "### " + runbook.group(1).replace('-', ' ');
      assertThat(page.replace(",", "")).as(runbook.group()).contains(title + "\n");
    }
  }

  private static String labelsRemoved(String query) {
    return query.replaceAll("\\{[^}]*}", "").replaceAll("(by|on) \\([^)]*\\)", "");
  }

  private static void assertValues(
      String query, TransportMeter meter, String label, String pattern) {
    assertThat(labels(meter)).as("labels of: %s", query).contains(label);
    for (MeterTag tag : meter.tags()) {
      if (label(tag.key()).equals(label) && tag.isFixed()) {
        assertThat(tag.values())
            .as("values in: %s", query)
            .containsAll(List.of(pattern.split("\\|")));
      }
    }
  }

  private static List<String> labels(TransportMeter meter) {
    return Stream.concat(
            Stream.concat(Stream.of("target"), OF_PROMETHEUS.stream()),
            meter.tags().stream().map(tag -> label(tag.key())))
        .toList();
  }

  private static String label(String key) {
    return key.replace('.', '_');
  }

  static Stream<String> queries() {
    List<String> queries = new ArrayList<>();
    collect(new Yaml().load(read("grafana-dashboard.json")), queries);
    collect(new Yaml().load(read("prometheus-alerts.yml")), queries);
    assertThat(queries).hasSizeGreaterThan(40);
    return queries.stream();
  }

  private static void collect(Object node, List<String> queries) {
    if (node instanceof Map<?, ?> map) {
      if (map.get("expr") instanceof String expression) {
        queries.add(expression);
      }
      map.values().forEach(value -> collect(value, queries));
    } else if (node instanceof List<?> list) {
      list.forEach(value -> collect(value, queries));
    }
  }

  private static String read(String file) {
    try {
      return Files.readString(FOLDER.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
