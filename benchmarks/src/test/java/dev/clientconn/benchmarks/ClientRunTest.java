// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class ClientRunTest {

  private static final Duration SHORT = Duration.ofMillis(200);

  @ParameterizedTest
  @EnumSource(value = StubMode.class, names = ".*VIRTUAL", mode = EnumSource.Mode.MATCH_NONE)
  void everyStubModeMeasuresUnaryCalls(StubMode mode) throws Exception {
    Measurement measurement = measure("grpc-netty", Workload.parse(mode.label() + ":4"));

    assertThat(measurement.operations()).isPositive();
    assertThat(measurement.cpuNanosPerOperation()).isPositive();
    assertThat(measurement.bytesPerOperation()).isGreaterThan(100);
    assertThat(measurement.p50Micros()).isPositive().isLessThanOrEqualTo(measurement.p99Micros());
  }

  @ParameterizedTest
  @CsvSource({"grpc-netty, ASYNC_DIRECT", "grpc-netty, BLOCKING", "floor, ASYNC_DIRECT"})
  void streamsAreCallsOfManyMessages(String client, StubMode mode) throws Exception {
    Workload workload = Workload.parse(mode.label() + ":2+messages=50");

    assertThat(measure(client, workload).operations()).isPositive();
  }

  @Test
  void floorMakesTheSameCalls() throws Exception {
    Workload workload = Workload.parse("async-direct:10");

    assertThat(measure("floor", workload).operations()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({"grpc-netty, 99, 1", "grpc-netty, 100, 2", "floor, 99, 1"})
  void anAnswerOfTheWrongShapeFailsTheRun(String client, int bytes, int messages) throws Exception {
    Workload workload = Workload.parse("async-direct:3");
    try (BenchmarkServer server = CannedServer.start(new ResponseShape(bytes, messages))) {
      assertThatThrownBy(() -> run(client, server, workload))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("did not end OK");
    }
  }

  @ParameterizedTest
  @CsvSource({"ASYNC", "BLOCKING", "FUTURE"})
  void aRefusedConnectionFailsTheRun(StubMode mode) throws Exception {
    BenchmarkServer server = CannedServer.start(new ResponseShape(100, 1));
    server.close();
    Workload workload = Workload.parse(mode.label() + ":2");

    assertThatThrownBy(() -> run("grpc-netty", server, workload))
        .hasRootCauseInstanceOf(java.net.ConnectException.class);
  }

  private static Measurement measure(String client, Workload workload) throws Exception {
    try (BenchmarkServer server = CannedServer.start(workload.response())) {
      return run(client, server, workload);
    }
  }

  private static Measurement run(String client, BenchmarkServer server, Workload workload)
      throws Exception {
    ServerLocation location = ServerLocation.plaintext(server.port());
    return new ClientRun(ClientCatalog.named(client), location, workload)
        .measure(new Timing(SHORT, SHORT, SHORT));
  }
}
