// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.address;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ChosenIo;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.http2.connect.TlsCredentials;
import dev.clientconn.testing.EchoServers;
import dev.clientconn.testing.ReservedPort;
import dev.clientconn.tls.Pki;
import io.grpc.CallOptions;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TCP over either I/O, IPv6 literals, and lists of addresses of which some are dead. */
@Timeout(120)
class AddressTest {

  @RegisterExtension
  final EchoServers echo = new EchoServers();

  private final ReservedPort unused = new ReservedPort();

  @AfterEach
  void releasePort() {
    unused.close();
  }

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
  void absentServerIsRefusedAlike(ChosenIo io) {
    int port = unused.number();

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
    echo.works(plaintext("static://127.0.0.1:" + unused.number() + ",127.0.0.1:" + port)
        .build());
  }

  @Conforms("C020")
  @Test
  void addressThatSwallowsEverythingIsPassedOverAfterTheConnectTimeout() throws Exception {
    int port = serveOn("127.0.0.1").getPort();
    // The kernel accepts the connection; no server reads from it.
    try (ServerSocket silent = new ServerSocket(0)) {
      ClientConnBuilder builder = plaintext(
              "static://127.0.0.1:" + silent.getLocalPort() + ",127.0.0.1:" + port)
          .connectTimeout(Duration.ofMillis(300));
      // It waits: on a busy machine the server that works may need longer than that once.
      echo.works(builder, CallOptions.DEFAULT.withWaitForReady());
    }
  }

  @Conforms("C110")
  @Test
  void firstAddressThatWorksIsUsed() throws Exception {
    int first = serveOn("127.0.0.1").getPort();
    int second = serveOn("127.0.0.1").getPort();

    echo.works(plaintext("static://127.0.0.1:" + unused.number() + ",127.0.0.1:" + first
            + ",127.0.0.1:" + second)
        .build());

    assertThat(echo.authorities()).containsExactly("127.0.0.1:" + first);
  }

  @Conforms("C111")
  @Test
  void lastFailureIsReportedWhenNoAddressCanBeReached() {
    int port = unused.number();
    try (ReservedPort first = new ReservedPort()) {
      assertThat(
              echo.failure(plaintext("static://127.0.0.1:" + first.number() + ",127.0.0.1:" + port)
                  .build()))
          .contains("None of 2 addresses", ":" + port, "refused");
    }
  }

  private Server serveOn(String host) throws IOException {
    return echo.serve(NettyServerBuilder.forAddress(
        new InetSocketAddress(host, 0), InsecureServerCredentials.create()));
  }

  private static ClientConnBuilder plaintext(String target) {
    return ClientConnBuilder.forTarget(target).usePlaintext();
  }
}
