// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.badpeer.FrameServer;
import dev.clientconn.conformance.Conforms;
import dev.clientconn.testing.ByteMethods;
import dev.clientconn.testing.RecordingMetricSink;
import dev.clientconn.transport.Dialer;
import io.grpc.CallOptions;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.InternalManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * However a connection ends, what its beginning has added to a metric is taken away by the time
 * that the channel has terminated, and no count is ever below 0.
 */
@Timeout(120)
class ConnectionLedgerTest {
  private static final Pattern VALUE = Pattern.compile("(\\S+) (\\S+) (.*)");
  private static final String HOST = InetAddress.getLoopbackAddress().getHostAddress();
  private static final String SUCCEEDED = "grpc.subchannel.connection_attempts_succeeded";
  private static final String FAILED = "grpc.subchannel.connection_attempts_failed";
  private static final String DISCONNECTIONS = "grpc.subchannel.disconnections";

  private final RecordingMetricSink sink = new RecordingMetricSink();

  private ClientConnBuilder builder(int port) {
    ClientConnBuilder builder =
        ClientConnBuilder.forAddress(HOST, port).usePlaintext().disableRetry();
    InternalManagedChannelBuilder.addMetricSink(builder, sink);
    return builder;
  }

  private static FrameServer server() {
    return new FrameServer(ConnectionLedgerTest::respond);
  }

  private static void respond(FrameServer.Stream stream) {
    stream.grpcHeaders().data(false, new byte[5]).headers(true, "grpc-status", "0");
  }

  private static Status.Code call(ClientConn channel) {
    try {
      ClientCalls.blockingUnaryCall(
          channel,
          ByteMethods.unary("test.Echo/Say"),
          CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS),
          new byte[] {1});
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  /** Runs a use of a channel; the sums of all values afterwards, by metric. */
  private Map<String, Long> ledger(ClientConn channel, Consumer<ClientConn> use)
      throws InterruptedException {
    use.accept(channel);
    channel.shutdownNow();
    assertThat(channel.awaitTermination(60, TimeUnit.SECONDS)).isTrue();

    Map<String, Long> open = new HashMap<>();
    Map<String, Long> sums = new HashMap<>();
    for (String value : sink.values) {
      Matcher parts = VALUE.matcher(value);
      assertThat(parts.matches()).as(value).isTrue();
      String metric = parts.group(1);
      if (!metric.startsWith("grpc.tcp.") || metric.startsWith("grpc.tcp.connection")) {
        sums.merge(metric, Long.parseLong(parts.group(2)), Long::sum);
      }
      if (metric.endsWith("open_connections") || metric.endsWith("connection_count")) {
        long now = open.merge(metric + parts.group(3), Long.parseLong(parts.group(2)), Long::sum);
        assertThat(now).as("%s in %s", value, sink.values).isNotNegative();
      }
    }
    assertThat(open.values()).as("of %s", sink.values).allMatch(connections -> connections == 0);
    assertThat(sums.getOrDefault(DISCONNECTIONS, 0L)).isEqualTo(sums.getOrDefault(SUCCEEDED, 0L));
    return sums;
  }

  private void assertThatOneConnectionHasEnded(Map<String, Long> sums) {
    assertThat(sums).containsEntry(SUCCEEDED, 1L).doesNotContainKey(FAILED);
  }

  private void assertThatAttemptsHaveFailed(Map<String, Long> sums) {
    assertThat(sums).containsKey(FAILED).doesNotContainKey(SUCCEEDED);
  }

  private static ServerSocket silent() throws IOException {
    return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  @Conforms("C163")
  @Test
  void connectionThatTheServerCloses() throws Exception {
    try (FrameServer server = new FrameServer(FrameServer.Stream::closeConnection)) {
      assertThatOneConnectionHasEnded(
          ledger(builder(server.port()).build(), ConnectionLedgerTest::call));
    }
  }

  @Conforms("C163")
  @Test
  void connectionThatTheServerDrains() throws Exception {
    try (FrameServer server = new FrameServer(stream -> {
      stream.goAway(stream.id(), Http2Error.NO_ERROR);
      respond(stream);
    })) {
      Map<String, Long> sums = ledger(builder(server.port()).build(), channel -> {
        call(channel);
        call(channel);
      });
      assertThat(sums).containsEntry(SUCCEEDED, 2L).doesNotContainKey(FAILED);
    }
  }

  @Conforms("C163")
  @Test
  void connectionOfAChannelThatBecomesIdle() throws Exception {
    try (FrameServer server = server()) {
      assertThatOneConnectionHasEnded(ledger(builder(server.port()).build(), channel -> {
        call(channel);
        channel.enterIdle();
      }));
    }
  }

  @Conforms("C163")
  @Test
  void connectionThatIsReplacedAndItsSuccessor() throws Exception {
    try (FrameServer server = server()) {
      Map<String, Long> sums = ledger(builder(server.port()).build(), channel -> {
        call(channel);
        channel.replaceConnections();
        call(channel);
      });
      assertThat(sums).containsKey(SUCCEEDED).doesNotContainKey(FAILED);
    }
  }

  @Conforms("C163")
  @Test
  void connectionOfAConfigurationThatIsReplaced() throws Exception {
    try (FrameServer server = server()) {
      Map<String, Long> sums = ledger(builder(server.port()).build(), channel -> {
        call(channel);
        builder(server.port()).userAgent("another").applyTo(channel);
        call(channel);
      });
      assertThat(sums).containsKey(SUCCEEDED).doesNotContainKey(FAILED);
    }
  }

  @Conforms("C163")
  @Test
  void callThatIsUnderWayAtTheShutdown() throws Exception {
    try (FrameServer server = new FrameServer(stream -> {})) {
      assertThatOneConnectionHasEnded(ledger(builder(server.port()).build(), channel -> {
        assertThat(ClientCalls.futureUnaryCall(
                channel.newCall(ByteMethods.unary("test.Echo/Say"), CallOptions.DEFAULT),
                new byte[1]))
            .isNotDone();
        while (channel.snapshot().totals().counters().streamsOpened() == 0) {
          Thread.onSpinWait();
        }
      }));
    }
  }

  @Conforms("C163")
  @Test
  void attemptThatTheChannelGivesUp() throws Exception {
    try (ServerSocket server = silent()) {
      Map<String, Long> sums = ledger(builder(server.getLocalPort()).build(), channel -> {
        channel.getState(true);
        try {
          server.accept();
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      });
      assertThat(sums).doesNotContainKeys(SUCCEEDED, FAILED, DISCONNECTIONS);
    }
  }

  @Conforms("C163")
  @Test
  void attemptToAServerThatHangsUp() throws Exception {
    assertThatAttemptsHaveFailed(peerThatSends("", builder -> {}));
  }

  @Conforms("C163")
  @Test
  void attemptToAServerThatSpeaksSomethingElse() throws Exception {
    assertThatAttemptsHaveFailed(peerThatSends("220 mail.example ESMTP\r\n\r\n", builder -> {}));
  }

  @Conforms({"C163", "C164"})
  @Test
  void tlsHandshakeThatFails() throws Exception {
    Map<String, Long> sums =
        peerThatSends("220 mail.example ESMTP\r\n\r\n", ClientConnBuilder::useTransportSecurity);
    assertThatAttemptsHaveFailed(sums);
    assertThat(sums).containsEntry("grpc.client.tls.handshakes", sums.getOrDefault(FAILED, -1L));
  }

  @Conforms("C163")
  @Test
  void proxyThatRefuses() throws Exception {
    try (ServerSocket nowhere = silent()) {
      InetSocketAddress target =
          new InetSocketAddress(nowhere.getInetAddress(), nowhere.getLocalPort());
      assertThatAttemptsHaveFailed(peerThatSends(
          "HTTP/1.1 403 Forbidden\r\n\r\n",
          (builder, proxy) ->
              builder.proxyDetector(any -> HttpConnectProxiedSocketAddress.newBuilder()
                  .setProxyAddress(proxy)
                  .setTargetAddress(target)
                  .build())));
    }
  }

  private Map<String, Long> peerThatSends(String bytes, Consumer<ClientConnBuilder> options)
      throws Exception {
    return peerThatSends(bytes, (builder, peer) -> options.accept(builder));
  }

  private interface Options {
    void set(ClientConnBuilder builder, InetSocketAddress peer);
  }

  private Map<String, Long> peerThatSends(String bytes, Options options) throws Exception {
    ServerSocket server = silent();
    Thread peer = new Thread(() -> sendToEach(server, bytes));
    peer.start();
    try {
      ClientConnBuilder builder = builder(server.getLocalPort());
      options.set(builder, new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
      return ledger(
          builder.build(), channel -> assertThat(call(channel)).isEqualTo(Status.Code.UNAVAILABLE));
    } finally {
      server.close();
      peer.join();
    }
  }

  private static void sendToEach(ServerSocket server, String bytes) {
    try {
      while (true) {
        try (Socket socket = server.accept()) {
          socket.getInputStream().read();
          socket.getOutputStream().write(bytes.getBytes(StandardCharsets.US_ASCII));
        }
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  @Conforms("C163")
  @Test
  void dialersThatThrowOrReturnNothing() throws Exception {
    assertThatAttemptsHaveFailed(dialing(request -> {
      throw new IllegalStateException("dialer");
    }));
    assertThatAttemptsHaveFailed(dialing(request -> {
      throw new NoClassDefFoundError("dialer");
    }));
    assertThatAttemptsHaveFailed(dialing(request -> nothing()));
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // as a user's dialer may
  private static <T> T nothing() {
    return null;
  }

  private Map<String, Long> dialing(Dialer dialer) throws InterruptedException {
    sink.values.clear();
    return ledger(
        builder(1).dialer(dialer).build(),
        channel -> assertThat(call(channel)).isEqualTo(Status.Code.UNAVAILABLE));
  }

  @Conforms("C163")
  @Test
  void sinkThatIsAddedTwiceCountsOnce() throws Exception {
    try (FrameServer server = server()) {
      ClientConnBuilder builder = builder(server.port());
      InternalManagedChannelBuilder.addMetricSink(builder, sink);
      assertThatOneConnectionHasEnded(ledger(builder.build(), ConnectionLedgerTest::call));
    }
  }
}
