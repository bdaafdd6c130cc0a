// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.BytesValue;
import dev.clientconn.benchmarks.workload.EchoMessages;
import dev.clientconn.benchmarks.workload.EchoMethods;
import dev.clientconn.benchmarks.workload.Workload;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class CannedServerTest {

  private static final int MIB = 1 << 20;

  @Test
  void respondsToAUnaryCall() throws Exception {
    try (BenchmarkServer server = start("async:1+response=100")) {
      assertThat(unary(server, 100, 0).getValue().size()).isEqualTo(100);
    }
  }

  @Test
  void sendsALargeResponseWithinTheWindows() throws Exception {
    try (BenchmarkServer server = start("async:1+response=" + MIB)) {
      // A client that receives more than its window ends the call with FLOW_CONTROL_ERROR.
      assertThat(unary(server, 100, 65_535).getValue().size()).isEqualTo(MIB);
    }
  }

  @Test
  void sharesTheConnectionWindowAmongLargeResponses() throws Exception {
    try (BenchmarkServer server = start("async:1+response=" + MIB)) {
      ManagedChannel channel = channel(server, 65_535);
      try {
        List<Future<BytesValue>> calls = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
          calls.add(ClientCalls.futureUnaryCall(
              channel.newCall(EchoMethods.UNARY, CallOptions.DEFAULT), EchoMessages.payload(1)));
        }
        for (Future<BytesValue> call : calls) {
          assertThat(call.get(60, TimeUnit.SECONDS).getValue().size()).isEqualTo(MIB);
        }
      } finally {
        close(channel);
      }
    }
  }

  @Test
  void sendsWindowUpdatesForALargeRequest() throws Exception {
    try (BenchmarkServer server = start("async:1+response=1")) {
      assertThat(unary(server, 8 * MIB, 0).getValue().size()).isEqualTo(1);
    }
  }

  @Test
  void streamsEveryMessageOnce() throws Exception {
    try (BenchmarkServer server = start("async:1+kind=server-stream+response=1000+messages=5000")) {
      assertThat(stream(server)).hasSize(5_000).allMatch(m -> m.getValue().size() == 1_000);
    }
  }

  @Test
  void respondsOnAConnectionWhoseLastCallWasCancelled() throws Exception {
    try (BenchmarkServer server = start("async:1+response=" + MIB)) {
      ManagedChannel channel = channel(server, 65_535);
      try {
        ClientCall<BytesValue, BytesValue> cancelled =
            channel.newCall(EchoMethods.UNARY, CallOptions.DEFAULT);
        cancelled.start(new ClientCall.Listener<>() {}, new io.grpc.Metadata());
        cancelled.sendMessage(EchoMessages.payload(1));
        cancelled.halfClose();
        cancelled.cancel("not wanted", null);

        assertThat(call(channel, 1).getValue().size()).isEqualTo(MIB);
      } finally {
        close(channel);
      }
    }
  }

  @Test
  void acknowledgesPingsWithTheirPayload() throws Exception {
    try (BenchmarkServer server = start("async:1+response=1");
        Socket socket = connect(server)) {
      OutputStream out = socket.getOutputStream();
      out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.write(new byte[] {0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8});
      out.flush();

      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] settingsAndWindow = in.readNBytes(9 + 6 + 9 + 4);
      assertThat(settingsAndWindow[3]).isEqualTo((byte) 4);
      assertThat(in.readNBytes(17))
          .containsExactly(0, 0, 8, 6, 1, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
    }
  }

  @Test
  void closesConnectionsThatAreNotHttp2() throws Exception {
    try (BenchmarkServer server = start("async:1+response=1");
        Socket socket = connect(server)) {
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

      assertThat(socket.getInputStream().readAllBytes()).hasSize(9 + 6 + 9 + 4);
    }
  }

  @Test
  void aClosedServerRefusesCalls() throws Exception {
    BenchmarkServer server = start("async:1+response=1");
    server.close();

    assertThatThrownBy(() -> unary(server, 1, 0))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
  }

  private static BenchmarkServer start(String spec) throws Exception {
    return CannedServer.start(List.of(Workload.parse(spec)), null);
  }

  private static BytesValue unary(BenchmarkServer server, int requestBytes, int window)
      throws Exception {
    ManagedChannel channel = channel(server, window);
    try {
      return call(channel, requestBytes);
    } finally {
      close(channel);
    }
  }

  private static BytesValue call(ManagedChannel channel, int requestBytes) {
    return ClientCalls.blockingUnaryCall(
        channel,
        EchoMethods.UNARY,
        CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS),
        EchoMessages.payload(requestBytes));
  }

  private static List<BytesValue> stream(BenchmarkServer server) throws Exception {
    ManagedChannel channel = channel(server, 0);
    try {
      List<BytesValue> messages = new ArrayList<>();
      ClientCalls.blockingServerStreamingCall(
              channel,
              EchoMethods.SERVER_STREAM,
              CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS),
              EchoMessages.payload(1))
          .forEachRemaining(messages::add);
      return messages;
    } finally {
      close(channel);
    }
  }

  private static ManagedChannel channel(BenchmarkServer server, int window) {
    NettyChannelBuilder builder = NettyChannelBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()))
        .usePlaintext();
    return (window == 0 ? builder : builder.flowControlWindow(window)).build();
  }

  private static void close(ManagedChannel channel) throws InterruptedException {
    assertThat(channel.shutdownNow().awaitTermination(60, TimeUnit.SECONDS)).isTrue();
  }

  private static Socket connect(BenchmarkServer server) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(60_000);
    return socket;
  }
}
