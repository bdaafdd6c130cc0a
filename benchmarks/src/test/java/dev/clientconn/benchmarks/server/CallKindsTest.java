// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.benchmarks.workload.CallKind;
import dev.clientconn.benchmarks.workload.StubMode;
import dev.clientconn.benchmarks.workload.Workload;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Makes every kind of call at either server with either client. */
@Timeout(300)
class CallKindsTest {

  private static final String PAIRS = """
      CANNED, grpc-netty
      CANNED, clientconn
      GRPC_JAVA, grpc-netty
      GRPC_JAVA, clientconn""";

  @ParameterizedTest
  @CsvSource(textBlock = PAIRS)
  void aUnaryCallHasOneResponse(BenchmarkServer.Kind kind, String client) throws Exception {
    try (BenchmarkServer server = start(kind, CallKind.UNARY, 100, 70_000, 1, false);
        EchoChannel channel = EchoChannel.open(client, server.port())) {
      endsAfter(1, 70_000, channel.startWithRequest(CallKind.UNARY, 100).request(2));
    }
  }

  @ParameterizedTest
  @CsvSource(textBlock = PAIRS)
  void aServerStreamHasManyResponses(BenchmarkServer.Kind kind, String client) throws Exception {
    try (BenchmarkServer server = start(kind, CallKind.SERVER_STREAM, 100, 5_000, 300, false);
        EchoChannel channel = EchoChannel.open(client, server.port())) {
      endsAfter(
          300, 5_000, channel.startWithRequest(CallKind.SERVER_STREAM, 100).request(1_000));
    }
  }

  @ParameterizedTest
  @CsvSource(textBlock = PAIRS)
  void aClientStreamHasOneResponse(BenchmarkServer.Kind kind, String client) throws Exception {
    try (BenchmarkServer server = start(kind, CallKind.CLIENT_STREAM, 100_000, 200, 50, false);
        EchoChannel channel = EchoChannel.open(client, server.port())) {
      EchoChannel.Call call = channel.start(CallKind.CLIENT_STREAM).request(2);
      for (int i = 0; i < 50; i++) {
        call.send(100_000);
      }
      endsAfter(1, 200, call.halfClose());
    }
  }

  @ParameterizedTest
  @CsvSource(textBlock = PAIRS)
  void pingPongSendsAResponseToEachRequest(BenchmarkServer.Kind kind, String client)
      throws Exception {
    try (BenchmarkServer server = start(kind, CallKind.PING_PONG, 20_000, 40_000, 1, false);
        EchoChannel channel = EchoChannel.open(client, server.port())) {
      EchoChannel.Call call = channel.start(CallKind.PING_PONG).request(1_000);
      for (int i = 0; i < 100; i++) {
        assertThat(call.send(20_000).response()).isEqualTo(40_000);
      }
      endsAfter(0, 0, call.halfClose());
    }
  }

  @ParameterizedTest
  @CsvSource(textBlock = PAIRS)
  void responsesAreCompressedAndCompressedRequestsAreCounted(
      BenchmarkServer.Kind kind, String client) throws Exception {
    try (BenchmarkServer server = start(kind, CallKind.PING_PONG, 20_000, 40_000, 1, true);
        EchoChannel channel = EchoChannel.open(client, server.port())) {
      EchoChannel.Call call = channel
          .start(CallKind.PING_PONG, CallOptions.DEFAULT.withCompression("gzip"))
          .request(1_000);
      for (int i = 0; i < 20; i++) {
        assertThat(call.send(20_000).response()).isEqualTo(40_000);
      }
      assertThat(call.headers()
              .get(Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER)))
          .isEqualTo("gzip");
      endsAfter(0, 0, call.halfClose());
    }
  }

  @ParameterizedTest
  @CsvSource(textBlock = PAIRS)
  void aResponseInOneWriteMayBeCompressed(BenchmarkServer.Kind kind, String client)
      throws Exception {
    try (BenchmarkServer server = start(kind, CallKind.SERVER_STREAM, 0, 10_000, 20, true);
        EchoChannel channel = EchoChannel.open(client, server.port())) {
      endsAfter(20, 10_000, channel.startWithRequest(CallKind.SERVER_STREAM, 0).request(100));
    }
  }

  private static void endsAfter(int responses, int bytes, EchoChannel.Call call) throws Exception {
    assertThat(call.status().getCode()).isEqualTo(Status.Code.OK);
    assertThat(call.responsesLeft()).isEqualTo(responses);
    for (int i = 0; i < responses; i++) {
      assertThat(call.response()).isEqualTo(bytes);
    }
  }

  private static BenchmarkServer start(
      BenchmarkServer.Kind kind,
      CallKind call,
      int request,
      int response,
      int messages,
      boolean gzip)
      throws Exception {
    Workload workload = new Workload(
        Workload.Run.LOAD,
        StubMode.ASYNC,
        1,
        call,
        request,
        response,
        messages,
        new Workload.Features(false, 0, gzip, false, false, false),
        Workload.Network.LOOPBACK);
    return BenchmarkServer.start(kind, List.of(workload), null);
  }
}
