// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every kind of call at either server by either client. */
@Timeout(60)
class CallKindsTest {

  private static final String PAIRS = """
      canned, grpc-netty
      canned, clientconn
      grpc-java, grpc-netty
      grpc-java, clientconn""";

  @ParameterizedTest
  @CsvSource(textBlock = PAIRS)
  void unaryIsOneForOne(String kind, String client) throws Exception {
    try (BenchmarkServer server = start(kind, CallKind.UNARY, 100, 70_000, 1, false);
        EchoChannel channel = EchoChannel.open(client, server.port())) {
      endsAfter(1, 70_000, channel.ask(CallKind.UNARY, 100).request(2));
    }
  }

  @ParameterizedTest
  @CsvSource(textBlock = PAIRS)
  void serverStreamIsManyForOne(String kind, String client) throws Exception {
    try (BenchmarkServer server = start(kind, CallKind.SERVER_STREAM, 100, 5_000, 300, false);
        EchoChannel channel = EchoChannel.open(client, server.port())) {
      endsAfter(300, 5_000, channel.ask(CallKind.SERVER_STREAM, 100).request(1_000));
    }
  }

  @ParameterizedTest
  @CsvSource(textBlock = PAIRS)
  void clientStreamIsOneForMany(String kind, String client) throws Exception {
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
  void pingPongAnswersEachRequestByItself(String kind, String client) throws Exception {
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
  void duplexSendsUntilTheClientEnds(String kind, String client) throws Exception {
    try (BenchmarkServer server = start(kind, CallKind.DUPLEX, 3_000, 7_000, 1, false);
        EchoChannel channel = EchoChannel.open(client, server.port())) {
      EchoChannel.Call one = channel.start(CallKind.DUPLEX).request(100_000);
      EchoChannel.Call other = channel.start(CallKind.DUPLEX).request(100_000);
      for (int i = 0; i < 500; i++) {
        assertThat(one.send(3_000).response()).isEqualTo(7_000);
        assertThat(other.response()).isEqualTo(7_000);
      }
      one.halfClose();
      other.halfClose();

      // Were the last message cut off, the client would say so.
      assertThat(one.status().getCode()).isEqualTo(Status.Code.OK);
      assertThat(other.status().getCode()).isEqualTo(Status.Code.OK);
    }
  }

  @ParameterizedTest
  @CsvSource(textBlock = PAIRS)
  void duplexServesOnWhenOneStreamIsCancelled(String kind, String client) throws Exception {
    try (BenchmarkServer server = start(kind, CallKind.DUPLEX, 1, 50_000, 1, false);
        EchoChannel channel = EchoChannel.open(client, server.port())) {
      EchoChannel.Call cancelled = channel.start(CallKind.DUPLEX).request(1);
      assertThat(cancelled.response()).isEqualTo(50_000);
      cancelled.cancel();

      EchoChannel.Call next = channel.start(CallKind.DUPLEX).request(100_000);
      for (int i = 0; i < 100; i++) {
        assertThat(next.response()).isEqualTo(50_000);
      }
      assertThat(next.halfClose().status().getCode()).isEqualTo(Status.Code.OK);
    }
  }

  @ParameterizedTest
  @CsvSource(textBlock = PAIRS)
  void responsesAreCompressedAndCompressedRequestsCount(String kind, String client)
      throws Exception {
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
  void anAnswerAtOnceMayBeCompressedToo(String kind, String client) throws Exception {
    try (BenchmarkServer server = start(kind, CallKind.SERVER_STREAM, 0, 10_000, 20, true);
        EchoChannel channel = EchoChannel.open(client, server.port())) {
      endsAfter(20, 10_000, channel.ask(CallKind.SERVER_STREAM, 0).request(100));
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
      String kind, CallKind call, int request, int response, int messages, boolean gzip)
      throws Exception {
    List<ServerSetting> settings =
        List.of(new ServerSetting(call, request, response, messages, gzip, false, 0));
    return kind.equals("canned")
        ? CannedServer.start(settings, null)
        : GrpcJavaServer.start(settings, null);
  }
}
