// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.DataInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several settings in one process, and what lies between client and server. */
@Timeout(60)
class ServerPortsTest {

  private static final String PLAIN = "kind=unary,response=1";
  private static final String SECURE = "kind=unary,response=2,tls";

  @ParameterizedTest
  @ValueSource(strings = {"canned", "grpc-java"})
  void eachSettingHasAPortInTheirOrder(String kind) throws Exception {
    String texts = "kind=unary,response=1;kind=server-stream,response=2,messages=3;"
        + "kind=unary,response=4,gzip";
    try (BenchmarkServer server = start(kind, texts, null)) {
      assertThat(server.ports()).hasSize(3).doesNotHaveDuplicates();
      assertThat(unary(server.ports().get(0))).isEqualTo(1);
      assertThat(unary(server.ports().get(2))).isEqualTo(4);
      try (EchoChannel channel = EchoChannel.open("grpc-netty", server.ports().get(1))) {
        EchoChannel.Call stream = channel.ask(CallKind.SERVER_STREAM, 1).request(9);
        assertThat(stream.status().getCode()).isEqualTo(Status.Code.OK);
        assertThat(stream.responsesLeft()).isEqualTo(3);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "canned, grpc-netty",
    "canned, clientconn",
    "grpc-java, grpc-netty",
    "grpc-java, clientconn"
  })
  void portsWithAndWithoutTlsLieSideBySide(String kind, String client) throws Exception {
    X509Bundle bundle = new CertificateBuilder()
        .ecp256()
        .subject("CN=localhost")
        .addSanIpAddress("127.0.0.1")
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
    ServerCertificate certificate =
        new ServerCertificate(bundle.toTempCertChainPem(), bundle.toTempPrivateKeyPem());
    try (BenchmarkServer server = start(kind, PLAIN + ";" + SECURE, certificate);
        EchoChannel secure = EchoChannel.open(
            client,
            server.ports().get(1),
            TlsChannelCredentials.newBuilder()
                .trustManager(certificate.certificate())
                .build())) {
      EchoChannel.Call call = secure.ask(CallKind.UNARY, 100_000).request(2);
      assertThat(call.response()).isEqualTo(2);
      assertThat(call.status().getCode()).isEqualTo(Status.Code.OK);
      assertThat(unary(server.port())).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"canned", "grpc-java"})
  void tlsWithoutACertificateIsRefused(String kind) {
    assertThatThrownBy(() -> start(kind, SECURE, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--certificate");
  }

  @Test
  void aRoundTripIsHeardLate() throws Exception {
    try (BenchmarkServer server = start("canned", PLAIN + ",rtt=30", null);
        EchoChannel channel = EchoChannel.open("clientconn", server.port())) {
      assertThat(channel.ask(CallKind.UNARY, 1).request(2).response()).isEqualTo(1);
      long start = System.nanoTime();
      assertThat(channel.ask(CallKind.UNARY, 1).request(2).response()).isEqualTo(1);

      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(Duration.ofMillis(30));
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 1048576", "1, 67108864"})
  void aDistantClientMayHaveMoreUnderWay(int rtt, int window) throws Exception {
    try (BenchmarkServer server = start("canned", PLAIN + ",rtt=" + rtt, null);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(10_000);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      in.skipNBytes(9);
      // One setting and no other: no limit of streams.
      assertThat(in.readShort()).isEqualTo((short) 4);
      assertThat(in.readInt()).isEqualTo(window);
      in.skipNBytes(9);
      assertThat(in.readInt()).isEqualTo(window - 65_535);
    }
  }

  @Test
  void grpcJavasServerRefusesARoundTrip() {
    assertThatThrownBy(() -> start("grpc-java", PLAIN + ",rtt=30", null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--server=canned");
  }

  @Test
  void tenThousandIdleStreamsLeaveRoomForCalls() throws Exception {
    try (BenchmarkServer server = start("canned", PLAIN, null);
        EchoChannel channel = EchoChannel.open("clientconn", server.port())) {
      List<EchoChannel.Call> idle = new ArrayList<>();
      for (int i = 0; i < 10_000; i++) {
        idle.add(channel.start(CallKind.CLIENT_STREAM).request(2));
      }
      for (int i = 0; i < 100; i++) {
        assertThat(channel.ask(CallKind.UNARY, 1).request(2).response()).isEqualTo(1);
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
      return channel.ask(CallKind.UNARY, 1).request(2).response();
    }
  }

  private static BenchmarkServer start(
      String kind, String texts, @Nullable ServerCertificate certificate) throws Exception {
    List<ServerSetting> settings = ServerSetting.parseAll(texts);
    return kind.equals("canned")
        ? CannedServer.start(settings, certificate)
        : GrpcJavaServer.start(settings, certificate);
  }
}
