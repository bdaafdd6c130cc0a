// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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

  @ParameterizedTest
  @MethodSource("everyKindAndFeature")
  void everyKindAndFeatureRunsAgainstTheCannedServer(String word) throws Exception {
    assertThat(runAgainst("canned", "clientconn", Workload.parse(word)).operations())
        .isPositive();
  }

  @ParameterizedTest
  @MethodSource("everyKindAndFeature")
  void everyKindAndFeatureRunsAgainstGrpcJavasServer(String word) throws Exception {
    assertThat(runAgainst("grpc-java", "grpc-netty", Workload.parse(word)).operations())
        .isPositive();
  }

  static List<String> everyKindAndFeature() {
    return List.of(
        "async:2+kind=server-stream+messages=20",
        "blocking-v2:2+kind=server-stream+messages=20",
        "async-direct:2+kind=client-stream+messages=20",
        "blocking-v2:2+kind=client-stream+messages=20",
        "async:2+kind=ping-pong",
        "blocking-v2:2+kind=ping-pong",
        "async-direct:2+kind=duplex",
        "async:2+kind=duplex+request=10K+response=20K",
        "async:2+deadline+metadata=10+gzip+metrics",
        "async-direct:4+connections=2+idle=20",
        "async-direct:2+tls=jdk",
        "async-direct:2+tls=openssl",
        "blocking:2+run=setup",
        "blocking:1+run=setup+tls=jdk");
  }

  @Test
  void pingPongTakesALatencyOfEveryRoundTripAndDuplexTakesNone() throws Exception {
    Measurement pingPong =
        runAgainst("canned", "grpc-netty", Workload.parse("async-direct:1+kind=ping-pong"));
    Measurement duplex =
        runAgainst("canned", "grpc-netty", Workload.parse("async-direct:1+kind=duplex"));

    assertThat(pingPong.latencies()).isPositive();
    assertThat(duplex.latencies()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"server-stream", "client-stream", "ping-pong", "duplex"})
  void aStreamOfTheWrongShapeFailsTheRun(String kind) throws Exception {
    Workload sent = Workload.parse("async:1+response=99+kind=" + kind);
    Workload expected = Workload.parse("async:1+response=100+kind=" + kind);
    try (BenchmarkServer server = CannedServer.start(List.of(sent.serverSetting()), null)) {
      assertThatThrownBy(() -> run("grpc-netty", server, expected))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("did not end OK");
    }
  }

  @Test
  void anIdleStreamThatTheServerEndsFailsTheRun() throws Exception {
    Server server = NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .addService(ServerServiceDefinition.builder(EchoMethods.SERVICE)
            .addMethod(EchoMethods.UNARY, ServerCalls.asyncUnaryCall((request, out) -> {
              out.onNext(ResponseShape.payload(100));
              out.onCompleted();
            }))
            .build())
        .build()
        .start();
    try {
      assertThatThrownBy(() -> new ClientRun(
                  ClientCatalog.named("grpc-netty"),
                  ServerLocation.plaintext(server.getPort()),
                  Workload.parse("async-direct:1+idle=1"))
              .measure(new Timing(SHORT, SHORT, SHORT)))
          .hasRootCauseMessage(
              "UNIMPLEMENTED: Method not found: " + EchoMethods.PING_PONG.getFullMethodName());
    } finally {
      server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void virtualThreadsRunCallsWhereJavaHasThem() throws Exception {
    Workload workload = Workload.parse("async-virtual:2");

    if (VirtualThreads.available()) {
      assertThat(runAgainst("canned", "grpc-netty", workload).operations()).isPositive();
    } else {
      assertThatThrownBy(() -> runAgainst("canned", "grpc-netty", workload))
          .hasMessageContaining("need a JDK of 21");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"async-direct:50+run=connection-memory", "async-direct:500+run=stream-memory"})
  void anIdleThingWeighsSomething(String word) throws Exception {
    Workload workload = Workload.parse(word);
    try (BenchmarkServer server = CannedServer.start(List.of(workload.serverSetting()), null);
        ChildProcess process = ChildProcess.start(
            BenchmarkClientMain.class,
            List.of(),
            BenchmarkClientMain.arguments(
                "grpc-netty",
                ServerLocation.plaintext(server.port()),
                workload,
                new Timing(SHORT, SHORT, SHORT)),
            "")) {
      // In a process of its own: what other tests have left behind goes while this one weighs.
      Outcome outcome =
          new Gson().fromJson(process.firstLine(Duration.ofSeconds(50)), Outcome.class);

      assertThat(outcome.memory()).isNotNull();
      assertThat(outcome.memory().heapBytes()).isGreaterThan(100);
    }
  }

  private static Measurement runAgainst(String kind, String client, Workload workload)
      throws Exception {
    ServerCertificate certificate =
        workload.network().encrypted() ? SelfSignedCertificate.create() : null;
    List<ServerSetting> settings = List.of(workload.serverSetting());
    try (BenchmarkServer server = kind.equals("canned")
        ? CannedServer.start(settings, certificate)
        : GrpcJavaServer.start(settings, certificate)) {
      return run(client, server, workload, certificate);
    }
  }

  private static Measurement measure(String client, Workload workload) throws Exception {
    try (BenchmarkServer server = CannedServer.start(workload.response())) {
      return run(client, server, workload);
    }
  }

  private static Measurement run(String client, BenchmarkServer server, Workload workload)
      throws Exception {
    return run(client, server, workload, null);
  }

  private static Measurement run(
      String client,
      BenchmarkServer server,
      Workload workload,
      @Nullable ServerCertificate certificate)
      throws Exception {
    ServerLocation location =
        ServerLocation.at(server.port(), certificate == null ? null : certificate.certificate());
    return new ClientRun(ClientCatalog.named(client), location, workload)
        .measure(new Timing(SHORT, SHORT, SHORT));
  }
}
