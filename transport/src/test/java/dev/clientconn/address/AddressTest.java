// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.address;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ChosenIo;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.http2.connect.TlsCredentials;
import dev.clientconn.testing.EchoServers;
import dev.clientconn.tls.Pki;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TCP over either I/O, IPv6 literals, and lists of addresses of which some are dead. */
@Timeout(60)
class AddressTest {

  @RegisterExtension
  final EchoServers echo = new EchoServers();

  @ParameterizedTest
  @EnumSource
  void callsWorkOverTcp(ChosenIo io) throws Exception {
    int port = serveOn("127.0.0.1").getPort();
    byte[] message = new byte[3_000_000];
    message[1_234_567] = 1;

    assertThat(echo.call(io.build(plaintext("localhost:" + port), null), message))
        .isEqualTo(message);
  }

  @ParameterizedTest
  @EnumSource
  void callsWorkOverTls(ChosenIo io) throws Exception {
    Pki pki = new Pki();
    X509Bundle certificate = pki.server();
    int port = echo.serve(NettyServerBuilder.forPort(
            0, TlsServerCredentials.create(Pki.chainPem(certificate), Pki.keyPem(certificate))))
        .getPort();
    byte[] message = new byte[3_000_000];
    message[1_234_567] = 1;

    assertThat(echo.call(
            io.build(
                ClientConnBuilder.forTarget("localhost:" + port),
                TlsCredentials.toSslContext(TlsChannelCredentials.newBuilder()
                    .trustManager(pki.rootPem())
                    .build())),
            message))
        .isEqualTo(message);
  }

  @ParameterizedTest
  @EnumSource
  void absentServerIsRefusedAlike(ChosenIo io) throws Exception {
    int port = freePort();

    assertThat(echo.failure(io.build(plaintext("127.0.0.1:" + port), null)))
        .contains("cannot connect to", ":" + port, "Connection refused");
  }

  @Test
  void ipv6LiteralsStandInBrackets() throws Exception {
    int port = serveOn("::1").getPort();

    echo.works(plaintext("dns:///[::1]:" + port).build());
    echo.works(plaintext("[::1]:" + port).build());
    echo.works(plaintext("static://[::1]:" + port).build());
    echo.works(ClientConnBuilder.forAddress("::1", port).usePlaintext().build());

    assertThat(echo.authorities()).containsOnly("[::1]:" + port);
  }

  @Conforms("C110")
  @Test
  void addressThatRefusesIsPassedOver() throws Exception {
    int port = serveOn("127.0.0.1").getPort();

    // The server has no IPv6.
    echo.works(plaintext("static://[::1]:" + port + ",127.0.0.1:" + port).build());
    echo.works(
        plaintext("static://127.0.0.1:" + freePort() + ",127.0.0.1:" + port).build());
  }

  @Conforms("C020")
  @Test
  void addressThatSwallowsEverythingIsPassedOverAfterTheConnectTimeout() throws Exception {
    int port = serveOn("127.0.0.1").getPort();
    // The kernel accepts the connection; no server reads from it.
    try (ServerSocket silent = new ServerSocket(0)) {
      echo.works(plaintext("static://127.0.0.1:" + silent.getLocalPort() + ",127.0.0.1:" + port)
          .connectTimeout(Duration.ofMillis(300))
          .build());
    }
  }

  @Conforms("C110")
  @Test
  void firstAddressThatWorksIsUsed() throws Exception {
    int first = serveOn("127.0.0.1").getPort();
    int second = serveOn("127.0.0.1").getPort();

    echo.works(plaintext(
            "static://127.0.0.1:" + freePort() + ",127.0.0.1:" + first + ",127.0.0.1:" + second)
        .build());

    assertThat(echo.authorities()).containsExactly("127.0.0.1:" + first);
  }

  @Conforms("C111")
  @Test
  void lastFailureIsReportedWhenNoAddressCanBeReached() throws Exception {
    int port = freePort();

    assertThat(echo.failure(
            plaintext("static://127.0.0.1:" + freePort() + ",127.0.0.1:" + port).build()))
        .contains("None of 2 addresses", ":" + port, "refused");
  }

  private Server serveOn(String host) throws IOException {
    return echo.serve(NettyServerBuilder.forAddress(
        new InetSocketAddress(host, 0), InsecureServerCredentials.create()));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static ClientConnBuilder plaintext(String target) {
    return ClientConnBuilder.forTarget(target).usePlaintext();
  }
}
