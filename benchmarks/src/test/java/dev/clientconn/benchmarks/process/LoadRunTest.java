// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.benchmarks.caller.CallerThreads;
import dev.clientconn.benchmarks.client.BenchmarkClient;
import dev.clientconn.benchmarks.client.ServerLocation;
import dev.clientconn.benchmarks.report.Measurement;
import dev.clientconn.benchmarks.server.BenchmarkServer;
import dev.clientconn.benchmarks.server.ServerCertificate;
import dev.clientconn.benchmarks.workload.StubMode;
import dev.clientconn.benchmarks.workload.Timing;
import dev.clientconn.benchmarks.workload.Workload;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class LoadRunTest {

  private static final Timing SHORT = new Timing(0.2, 0.2, 0.2);

  @ParameterizedTest
  @EnumSource(value = StubMode.class, names = ".*VIRTUAL", mode = EnumSource.Mode.MATCH_NONE)
  void everyStubModeMeasuresUnaryCalls(StubMode mode) throws Exception {
    Measurement measurement =
        runAgainst(BenchmarkServer.Kind.CANNED, BenchmarkClient.GRPC_NETTY, mode + ":4");

    assertThat(measurement.operations()).isPositive();
    assertThat(measurement.cpuNanosPerOperation()).isPositive();
    assertThat(measurement.bytesPerOperation()).isGreaterThan(100);
    assertThat(measurement.p50Micros()).isPositive().isLessThanOrEqualTo(measurement.p99Micros());
  }

  @ParameterizedTest
  @ValueSource(strings = {"async-direct:10", "async-direct:2+kind=server-stream+messages=50"})
  void theFloorMakesTheSameCalls(String spec) throws Exception {
    assertThat(
            runAgainst(BenchmarkServer.Kind.CANNED, BenchmarkClient.FLOOR, spec).operations())
        .isPositive();
  }

  @ParameterizedTest
  @CsvSource({
    "GRPC_NETTY, async-direct:3+response=99",
    "GRPC_NETTY, async-direct:3+kind=server-stream+messages=2",
    "FLOOR, async-direct:3+response=99",
  })
  void aResponseOfTheWrongShapeFailsTheRun(BenchmarkClient client, String sent) throws Exception {
    try (BenchmarkServer server = start(sent)) {
      assertThatThrownBy(() -> run(client, location(server), "async-direct:3"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("did not end OK");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"server-stream", "client-stream", "ping-pong"})
  void aStreamOfTheWrongShapeFailsTheRun(String kind) throws Exception {
    try (BenchmarkServer server = start("async:1+response=99+kind=" + kind)) {
      assertThatThrownBy(() -> run(
              BenchmarkClient.GRPC_NETTY, location(server), "async:1+response=100+kind=" + kind))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("did not end OK");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"async:2", "blocking:2", "blocking-v2:2", "future:2"})
  void aRefusedConnectionFailsTheRun(String spec) throws Exception {
    try (Socket bound = new Socket()) {
      // Bound and not listening: it refuses connections, and no other process can get the port.
      bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      ServerLocation refuses = ServerLocation.at(bound.getLocalPort(), null);

      assertThatThrownBy(() -> run(BenchmarkClient.GRPC_NETTY, refuses, spec))
          .hasRootCauseInstanceOf(java.net.ConnectException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("everyKindAndFeature")
  void everyKindAndFeatureRunsAgainstTheCannedServer(String spec) throws Exception {
    assertThat(runAgainst(BenchmarkServer.Kind.CANNED, BenchmarkClient.CLIENTCONN, spec)
            .operations())
        .isPositive();
  }

  @ParameterizedTest
  @MethodSource("everyKindAndFeature")
  void everyKindAndFeatureRunsAgainstGrpcJavasServer(String spec) throws Exception {
    assertThat(runAgainst(BenchmarkServer.Kind.GRPC_JAVA, BenchmarkClient.GRPC_NETTY, spec)
            .operations())
        .isPositive();
  }

  static List<String> everyKindAndFeature() {
    return List.of(
        "async:2+kind=server-stream+messages=20",
        "blocking:2+kind=server-stream+messages=20",
        "async-direct:2+kind=client-stream+messages=20",
        "async:2+kind=ping-pong",
        "async:2+deadline+metadata=10+gzip+metrics+retry",
        "async-direct:4+connections=2",
        "async-direct:2+tls=jdk",
        "async-direct:2+tls=openssl");
  }

  @Test
  void pingPongRecordsALatencyForEveryRoundTrip() throws Exception {
    Measurement measurement = runAgainst(
        BenchmarkServer.Kind.CANNED, BenchmarkClient.GRPC_NETTY, "async-direct:1+kind=ping-pong");

    assertThat(measurement.latencies()).isPositive();
  }

  @Test
  void virtualThreadsMakeCallsWhereJavaHasThem() throws Exception {
    if (CallerThreads.virtualAvailable()) {
      assertThat(
              runAgainst(BenchmarkServer.Kind.CANNED, BenchmarkClient.GRPC_NETTY, "async-virtual:2")
                  .operations())
          .isPositive();
    } else {
      assertThatThrownBy(() -> runAgainst(
              BenchmarkServer.Kind.CANNED, BenchmarkClient.GRPC_NETTY, "async-virtual:2"))
          .hasMessageContaining("need a JDK of 21");
    }
  }

  private static BenchmarkServer start(String spec) throws Exception {
    return BenchmarkServer.start(BenchmarkServer.Kind.CANNED, List.of(Workload.parse(spec)), null);
  }

  private static Measurement runAgainst(
      BenchmarkServer.Kind kind, BenchmarkClient client, String spec) throws Exception {
    Workload workload = Workload.parse(spec);
    ServerCertificate certificate =
        workload.network().encrypted() ? ServerCertificate.createSelfSigned() : null;
    try (BenchmarkServer server = BenchmarkServer.start(kind, List.of(workload), certificate)) {
      ServerLocation location =
          ServerLocation.at(server.port(), certificate == null ? null : certificate.certificate());
      return new LoadRun(client, location, workload).measure(SHORT);
    }
  }

  private static ServerLocation location(BenchmarkServer server) {
    return ServerLocation.at(server.port(), null);
  }

  private static Measurement run(BenchmarkClient client, ServerLocation server, String spec)
      throws Exception {
    return new LoadRun(client, server, Workload.parse(spec)).measure(SHORT);
  }
}
