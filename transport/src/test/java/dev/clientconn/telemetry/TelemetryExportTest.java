// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.clientconn.ClientConnBuilder;
import dev.clientconn.conformance.Conforms;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.internal.GrpcUtil;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Compares what {@code GrpcOpenTelemetry} exports of the same calls over grpc-netty and over
 * ClientConn, with all metrics and optional labels enabled. The difference is a table of the page
 * on observation.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TelemetryExportTest {
  private static final Path PAGE = Path.of("..", "docs", "observation.md");
  private static final String ROW = "| `grpc.";
  private static final String CUSTOM = "grpc.client.call.custom";
  private static final String VERSION = GrpcUtil.getGrpcBuildVersion().getImplementationVersion();

  /** Without those that have no value on a network that loses nothing. */
  private static final List<String> METRICS = List.of(
      "grpc.client.call.retries",
      "grpc.client.call.transparent_retries",
      "grpc.client.call.hedges",
      "grpc.client.call.retry_delay",
      "grpc.subchannel.connection_attempts_failed",
      "grpc.subchannel.connection_attempts_succeeded",
      "grpc.subchannel.disconnections",
      "grpc.subchannel.open_connections",
      "grpc.client.tls.handshakes",
      "grpc.tcp.connections_created",
      "grpc.tcp.connection_count",
      "grpc.tcp.min_rtt",
      "grpc.tcp.packets_sent",
      "grpc.tcp.bytes_sent");

  private static final List<String> LABELS = List.of(
      CUSTOM,
      "grpc.lb.backend_service",
      "grpc.lb.locality",
      "grpc.disconnect_error",
      "grpc.security_level",
      "grpc.tls.handshake.resumed",
      "network.local.address",
      "network.local.port",
      "network.peer.address",
      "network.peer.port");

  private Map<String, Series> theirs = Map.of();
  private Map<String, Series> ours = Map.of();

  @BeforeAll
  void export() throws Exception {
    theirs = TelemetryScenarios.export(NettyChannelBuilder::forTarget, options(), METRICS, LABELS);
    ours = TelemetryScenarios.export(ClientConnBuilder::forTarget, options(), METRICS, LABELS);
  }

  /** With the custom label of gRFC A108, where grpc-api has it. */
  @SuppressWarnings("unchecked") // the type of the constant
  private static CallOptions options() throws ReflectiveOperationException {
    boolean hasLabel = Arrays.stream(Grpc.class.getFields())
        .anyMatch(field -> field.getName().equals("CALL_OPTION_CUSTOM_LABEL"));
    return hasLabel
        ? CallOptions.DEFAULT.withOption(
            (CallOptions.Key<String>)
                Grpc.class.getField("CALL_OPTION_CUSTOM_LABEL").get(null),
            "checkout")
        : CallOptions.DEFAULT;
  }

  @Conforms({"C162", "C163", "C166"})
  @Test
  void oursHasAllSeriesOfGrpcNetty() {
    assertThat(ours.keySet()).containsAll(theirs.keySet());
    theirs.forEach((metric, series) -> {
      Series own = Objects.requireNonNull(ours.get(metric));
      assertThat(own.kind()).as(metric).isEqualTo(series.kind());
      assertThat(own.keys()).as(metric).containsAll(series.keys());
      assertThat(own.labels()).as(metric).containsAll(series.labels());
    });
  }

  @Conforms({"C164", "C165"})
  @Test
  void thePageHasTheDifference() throws IOException {
    assumeTrue(Epoll.isAvailable(), "without epoll there are fewer metrics");
    List<String> heading = heading();
    Map<String, List<String>> rows = new TreeMap<>();
    for (String line : Files.readAllLines(PAGE)) {
      if (line.startsWith(ROW)) {
        List<String> cells = cells(line);
        rows.put(cells.get(0).replace("`", ""), cells);
      }
    }
    rows.keySet().removeIf(metric -> !ours.containsKey(metric) && !theirs.containsKey(metric));

    Set<String> exported = new TreeSet<>(ours.keySet());
    exported.addAll(theirs.keySet());
    assertThat(rows.keySet()).isEqualTo(exported);
    rows.forEach((metric, cells) -> {
      assertThat(labels(cells.get(heading.indexOf("Labels"))))
          .as(metric)
          .isEqualTo(Objects.requireNonNull(ours.get(metric)).keys());
      int column = heading.indexOf("grpc-netty " + VERSION);
      if (column > 0) {
        assertThat(cells.get(column)).as(metric + " of " + VERSION).isEqualTo(difference(metric));
      }
    });
  }

  private static List<String> heading() throws IOException {
    return Files.readAllLines(PAGE).stream()
        .filter(line -> line.startsWith("| Metric |"))
        .map(TelemetryExportTest::cells)
        .findFirst()
        .orElseThrow();
  }

  private static List<String> cells(String row) {
    return Arrays.stream(row.split("\\|", -1)).skip(1).map(String::strip).toList();
  }

  private String difference(String metric) {
    Series series = theirs.get(metric);
    if (series == null) {
      return "no";
    }
    Series own = ours.get(metric);
    return series.equals(own) ? "the same" : "fewer values";
  }

  /** Those of a cell, without the one that older versions of grpc-java do not have. */
  private Set<String> labels(String cell) {
    Set<String> labels = Arrays.stream(cell.replace("`", "").split(", ", -1))
        .collect(Collectors.toCollection(TreeSet::new));
    boolean exported = theirs.values().stream().anyMatch(series -> series.keys().contains(CUSTOM));
    if (!exported) {
      labels.remove(CUSTOM);
    }
    return labels;
  }
}
