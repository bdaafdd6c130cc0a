// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.autoconfigure.HealthServer;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/**
 * Runs the queries of {@code docs/operations} against what a Prometheus registry exposes, with
 * Prometheus' own {@code promtool}. Skipped where that is not on the path, which {@code .ci/run}
 * says.
 */
class PromtoolTest {

  private static final Path ALERTS = Path.of("..", "docs", "operations", "prometheus-alerts.yml");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  @TempDir
  private Path folder;

  @BeforeEach
  void requirePromtool() {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "promtool"))),
        "promtool is not on the path");
  }

  @Test
  void rulesAreValid() throws Exception {
    promtool("check", "rules", ALERTS.toAbsolutePath().toString());
  }

  /** Every query has a result, and every alert fires, where all meters have risen. */
  @Test
  void everyQueryFindsTheSeriesThatTheRegistryExposes() throws Exception {
    registerEveryValue();

    List<Map<String, Object>> queries = OperationsTest.queries()
        .map(query -> query.replace("$target", ".*").replace("$__rate_interval", "5m"))
        .map(PromtoolTest::hasResult)
        .toList();
    List<Map<String, Object>> series =
        seriesOf(this.registry.scrape()).map(PromtoolTest::rising).toList();
    assertThat(series).hasSizeGreaterThan(100);
    Map<String, Object> test = new LinkedHashMap<>();
    test.put("interval", "1m");
    test.put("input_series", series);
    test.put("promql_expr_test", queries);
    Path file = this.folder.resolve("test.yml");
    Files.writeString(file, new Yaml().dump(Map.of("tests", List.of(test))));

    promtool("test", "rules", file.toString());
  }

  @Test
  void channelExposesOnlySeriesThatAreDefined() {
    registerEveryValue();
    Set<String> defined = names(this.registry);

    PrometheusMeterRegistry real = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Map<String, ClientConn> channels = new HashMap<>();
    try (HealthServer server = HealthServer.start();
        GrpcClientMetrics metrics = new GrpcClientMetrics(() -> () -> channels)) {
      metrics.bindTo(real);
      ClientConn channel = ClientConnBuilder.forTarget(server.address())
          .usePlaintext()
          .transportListener(metrics.listenerFor("greeter"))
          .build();
      channels.put("greeter", channel);
      HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
      real.scrape();

      assertThat(names(real))
          .contains("grpc_transport_streams_active", "grpc_transport_wait_seconds_sum")
          .isSubsetOf(defined);
      channel.shutdownNow();
    }
  }

  private void registerEveryValue() {
    Map<Series, Figure> all = new HashMap<>();
    for (TransportMeter meter : TransportMeter.values()) {
      meter.allSeries("dns:///greeter:1").forEach(each -> all.put(each, new Figure(7, 14)));
    }
    TransportReading reading = new TransportReading(all);
    new TargetMeters(
            this.registry,
            "greeter",
            new ReadingCache("greeter", () -> () -> reading, System::nanoTime),
            new MeterIds(new CheckedConvention("none", null)))
        .register();
    this.registry.scrape();
  }

  private static Set<String> names(PrometheusMeterRegistry registry) {
    Set<String> names = new TreeSet<>();
    seriesOf(registry.scrape()).forEach(each -> names.add(each.replaceAll("\\{.*", "")));
    return names;
  }

  private static Stream<String> seriesOf(String scrape) {
    return scrape
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.substring(0, line.lastIndexOf(' ')))
        .filter(line -> !line.contains("_max{") || line.contains("_streams_max{"));
  }

  private static Map<String, Object> rising(String series) {
    // There is no ready connection, so that the alert of that fires.
    String values = series.contains("state=\"ready\"") ? "0x30" : "0+600x30";
    return Map.of(
        "series", series.replace("{", "{instance=\"app:8080\",job=\"app\","), "values", values);
  }

  private static Map<String, Object> hasResult(String query) {
    return Map.of(
        "expr",
        "count(" + query + ") > bool 0",
        "eval_time",
        "20m",
        "exp_samples",
        List.of(Map.of("labels", "{}", "value", 1)));
  }

  private void promtool(String... arguments) throws IOException, InterruptedException {
    Path output = this.folder.resolve("output.txt");
    Process process = new ProcessBuilder(
            Stream.concat(Stream.of("promtool"), Stream.of(arguments)).toList())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
  }
}
