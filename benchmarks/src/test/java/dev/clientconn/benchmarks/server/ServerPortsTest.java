// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.benchmarks.workload.CallKind;
import dev.clientconn.benchmarks.workload.Workload;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import java.io.DataInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Starts servers with several ports, with TLS and with a simulated round trip. */
@Timeout(300)
class ServerPortsTest {

  private static final String PLAIN = "async:1+response=1";
  private static final String SECURE = "async:1+response=2+tls=jdk";

  @ParameterizedTest
  @EnumSource
  void eachWorkloadHasAPortInTheirOrder(BenchmarkServer.Kind kind) throws Exception {
    String texts =
        PLAIN + ";async:1+kind=server-stream+response=2+messages=3;async:1+response=4+gzip";
    try (BenchmarkServer server = start(kind, texts, null)) {
      assertThat(server.ports()).hasSize(3).doesNotHaveDuplicates();
      assertThat(unary(server.ports().get(0))).isEqualTo(1);
      assertThat(unary(server.ports().get(2))).isEqualTo(4);
      try (EchoChannel channel = EchoChannel.open("grpc-netty", server.ports().get(1))) {
        EchoChannel.Call stream =
            channel.startWithRequest(CallKind.SERVER_STREAM, 1).request(9);
        assertThat(stream.status().getCode()).isEqualTo(Status.Code.OK);
        assertThat(stream.responsesLeft()).isEqualTo(3);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "CANNED, grpc-netty",
    "CANNED, clientconn",
    "GRPC_JAVA, grpc-netty",
    "GRPC_JAVA, clientconn"
  })
  void oneServerHasPortsWithAndWithoutTls(BenchmarkServer.Kind kind, String client)
      throws Exception {
    ServerCertificate certificate = ServerCertificate.createSelfSigned();
    try (BenchmarkServer server = start(kind, PLAIN + ";" + SECURE, certificate);
        EchoChannel secure = EchoChannel.open(
            client,
            server.ports().get(1),
            TlsChannelCredentials.newBuilder()
                .trustManager(certificate.certificate())
                .build())) {
      EchoChannel.Call call = secure.startWithRequest(CallKind.UNARY, 100_000).request(2);
      assertThat(call.response()).isEqualTo(2);
      assertThat(call.status().getCode()).isEqualTo(Status.Code.OK);
      assertThat(unary(server.port())).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void tlsWithoutACertificateIsRefused(BenchmarkServer.Kind kind) {
    assertThatThrownBy(() -> start(kind, SECURE, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("certificate");
  }

  @Test
  void aSimulatedRoundTripDelaysTheResponse() throws Exception {
    try (BenchmarkServer server = start(BenchmarkServer.Kind.CANNED, PLAIN + "+rtt=30", null);
        EchoChannel channel = EchoChannel.open("clientconn", server.port())) {
      assertThat(channel.startWithRequest(CallKind.UNARY, 1).request(2).response())
          .isEqualTo(1);
      long start = System.nanoTime();
      assertThat(channel.startWithRequest(CallKind.UNARY, 1).request(2).response())
          .isEqualTo(1);

      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(Duration.ofMillis(30));
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 1048576", "1, 67108864"})
  void aSimulatedRoundTripHasALargerWindow(int rtt, int window) throws Exception {
    try (BenchmarkServer server = start(BenchmarkServer.Kind.CANNED, PLAIN + "+rtt=" + rtt, null);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(60_000);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      in.skipNBytes(9);
      // There is one setting: no concurrent-stream limit.
      assertThat(in.readShort()).isEqualTo((short) 4);
      assertThat(in.readInt()).isEqualTo(window);
      in.skipNBytes(9);
      assertThat(in.readInt()).isEqualTo(window - 65_535);
    }
  }

  @Test
  void grpcJavasServerRefusesARoundTrip() {
    assertThatThrownBy(() -> start(BenchmarkServer.Kind.GRPC_JAVA, PLAIN + "+rtt=30", null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--server=canned");
  }

  @Test
  void tenThousandIdleStreamsLeaveRoomForCalls() throws Exception {
    try (BenchmarkServer server = start(BenchmarkServer.Kind.CANNED, PLAIN, null);
        EchoChannel channel = EchoChannel.open("clientconn", server.port())) {
      List<EchoChannel.Call> idle = new ArrayList<>();
      for (int i = 0; i < 10_000; i++) {
        idle.add(channel.start(CallKind.CLIENT_STREAM).request(2));
      }
      for (int i = 0; i < 100; i++) {
        assertThat(channel.startWithRequest(CallKind.UNARY, 1).request(2).response())
            .isEqualTo(1);
      }
      assertThat(idle).allMatch(call -> call.responsesLeft() == 0);
      idle.forEach(call -> call.send(1).halfClose());
      for (EchoChannel.Call call : idle) {
        assertThat(call.response()).isEqualTo(1);
      }
    }
  }

  private static int unary(int port) throws Exception {
    try (EchoChannel channel = EchoChannel.open("clientconn", port)) {
      return channel.startWithRequest(CallKind.UNARY, 1).request(2).response();
    }
  }

  private static BenchmarkServer start(
      BenchmarkServer.Kind kind, String specs, @Nullable ServerCertificate certificate)
      throws Exception {
    List<Workload> workloads = Stream.of(specs.split(";")).map(Workload::parse).toList();
    return BenchmarkServer.start(kind, workloads, certificate);
  }
}
