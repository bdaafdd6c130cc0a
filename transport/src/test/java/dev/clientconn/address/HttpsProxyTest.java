// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.address;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ChosenIo;
import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.internal.http2.connect.TlsCredentials;
import dev.clientconn.testing.EchoServers;
import dev.clientconn.tls.Pki;
import dev.clientconn.transport.TunnelAddress;
import dev.clientconn.transport.TunnelAddress.Protocol;
import io.grpc.InsecureServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** HTTP proxies that are reached over TLS. The proxy is {@code localhost} by its certificate. */
@Timeout(60)
class HttpsProxyTest {

  private static final String HOST = "greeter.invalid";

  @RegisterExtension
  final EchoServers echo = new EchoServers();

  private final Pki pki = new Pki();
  private @Nullable ConnectProxy proxy;

  @AfterEach
  void close() throws IOException {
    if (proxy != null) {
      proxy.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void plaintextGoesThroughTheProxyAndIsNotReportedAsEncrypted(ChosenIo io) throws Exception {
    int port = plaintextServer();
    proxy = tunnelling();
    ClientConn conn = io.build(through(plaintext(port), trusting(SslProvider.JDK)), null);

    echo.works(conn);

    assertThat(proxy.requests.take()).startsWith("CONNECT " + HOST + ":" + port + " HTTP/1.1\r\n");
    assertThat(conn.snapshot().subchannels().get(0).connections())
        .singleElement()
        .satisfies(connection -> {
          assertThat(connection.tls()).isNull();
          assertThat(connection.remote())
              .hasToString(
                  HOST + ":" + port + " through the HTTPS proxy " + proxy().address());
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"JDK", "OPENSSL"})
  void tlsOfTheServerGoesThroughTlsOfTheProxy(SslProvider provider) throws Exception {
    Pki another = new Pki();
    X509Bundle certificate = another.server(HOST);
    int port = echo.serve(NettyServerBuilder.forPort(
            0, TlsServerCredentials.create(Pki.chainPem(certificate), Pki.keyPem(certificate))))
        .getPort();
    proxy = tunnelling();
    ClientConn conn = through(
            ClientConnBuilder.forTarget(HOST + ":" + port)
                .sslContext(TlsCredentials.toSslContext(
                    TlsChannelCredentials.newBuilder()
                        .trustManager(another.rootPem())
                        .build(),
                    provider)),
            trusting(provider))
        .build();
    byte[] message = new byte[2_000_000];

    assertThat(echo.call(conn, message)).isEqualTo(message);
    assertThat(conn.snapshot().subchannels().get(0).connections().get(0).tls()).isNotNull();
  }

  @Test
  void certificateOfAnUnknownAuthorityIsNotAccepted() throws Exception {
    proxy = tunnelling();

    assertThat(echo.failure(plaintext(4711)
            .proxyDetector(target -> TunnelAddress.through(
                Protocol.HTTPS, proxy().address(), (InetSocketAddress) target))))
        .contains(
            "through the HTTPS proxy " + proxy().address(),
            "the proxy's certificate is not accepted: no authority that this channel trusts",
            "proxy.ssl.bundle");
    assertThat(proxy.requests).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"JDK", "OPENSSL"})
  void certificateOfAnotherHostIsNotAccepted(SslProvider provider) throws Exception {
    proxy = new ConnectProxy(tls(pki.server("proxy.invalid")), (client, port) -> {});

    assertThat(echo.failure(through(plaintext(4711), trusting(provider))))
        .contains("the proxy's certificate is not accepted: ")
        .contains("name the proxy as its certificate does");
    assertThat(proxy.requests).isEmpty();
  }

  @Test
  void proxyWithoutTlsIsNamed() throws Exception {
    try (TestProxy plain = new TestProxy()) {
      plain.accept(client -> {
        client.getInputStream().read();
        TestProxy.finish(client, "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
      });

      assertThat(echo.failure(through(plaintext(4711), plain, trusting(SslProvider.JDK))))
          .contains("the proxy does not speak TLS: use the scheme http in place of https for it");
    }
  }

  @Test
  void refusalOverTlsIsNamedWithoutThePassword() throws Exception {
    proxy = new ConnectProxy(
        tls(pki.server()),
        ConnectProxy.answering(String.join(
            "\r\n",
            "HTTP/1.1 407 Proxy Authentication Required",
            "Proxy-Authenticate: Negotiate",
            "Proxy-Authenticate: NTLM",
            "",
            "")));

    Supplier<SslContext> tls = trusting(SslProvider.JDK);

    assertThat(echo.failure(plaintext(4711)
            .proxyDetector(target -> TunnelAddress.through(
                    Protocol.HTTPS, proxy().address(), (InetSocketAddress) target)
                .withTls(tls)
                .withLogin("ann", "secret"))))
        .contains("407 Proxy Authentication Required: it demands authentication by Negotiate, NTLM")
        .doesNotContain("secret");
  }

  @Test
  void handshakeThatNeverEndsRunsIntoTheConnectTimeout() throws Exception {
    try (TestProxy silent = new TestProxy()) {
      silent.accept(client -> client.getInputStream().readAllBytes());

      assertThat(echo.failure(through(plaintext(4711), silent, trusting(SslProvider.JDK))
              .connectTimeout(Duration.ofMillis(500))))
          .endsWith("timed out after 500 ms, in the TLS handshake with the proxy");
    }
  }

  @Test
  void shutdownInTheHandshakeClosesTheConnection() throws Exception {
    BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    try (TestProxy silent = new TestProxy()) {
      silent.accept(client -> {
        client.getInputStream().read();
        ends.add("connected");
        try {
          client.getInputStream().readAllBytes();
        } finally {
          ends.add("closed");
        }
      });
      ClientConn conn =
          through(plaintext(4711), silent, trusting(SslProvider.JDK)).build();
      conn.getState(true);
      assertThat(ends.poll(30, TimeUnit.SECONDS)).isEqualTo("connected");

      conn.shutdownNow();

      assertThat(conn.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
      assertThat(ends.poll(30, TimeUnit.SECONDS)).isEqualTo("closed");
    }
  }

  @Test
  void supplierThatFailsIsNamed() throws Exception {
    proxy = tunnelling();

    assertThat(echo.failure(through(plaintext(4711), () -> {
          throw new IllegalStateException("no certificates");
        })))
        .contains("through the HTTPS proxy", "no certificates");
  }

  @Test
  void addressesWithTheSameCertificatesAreEqual() throws Exception {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 443);
    InetSocketAddress target = InetSocketAddress.createUnresolved(HOST, 443);
    Supplier<SslContext> tls = trusting(SslProvider.JDK);
    TunnelAddress plain = TunnelAddress.through(Protocol.HTTPS, address, target);

    assertThat(plain)
        .isEqualTo(TunnelAddress.through(Protocol.HTTPS, address, target))
        .isNotEqualTo(plain.withTls(tls))
        .isNotEqualTo(TunnelAddress.through(Protocol.HTTP, address, target));
    assertThat(plain.withTls(tls)).isEqualTo(plain.withTls(tls));
  }

  private ConnectProxy tunnelling() throws Exception {
    return new ConnectProxy(tls(pki.server()), (client, port) -> proxy().tunnel(client, port));
  }

  private static ServerSocketFactory tls(X509Bundle certificate) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(certificate.toKeyManagerFactory().getKeyManagers(), null, null);
    return context.getServerSocketFactory();
  }

  private Supplier<SslContext> trusting(SslProvider provider) throws Exception {
    SslContext context = SslContextBuilder.forClient()
        .sslProvider(provider)
        .trustManager(pki.rootPem())
        .build();
    return () -> context;
  }

  private ClientConnBuilder through(ClientConnBuilder builder, Supplier<SslContext> tls) {
    return through(builder, proxy(), tls);
  }

  private static ClientConnBuilder through(
      ClientConnBuilder builder, TestProxy proxy, Supplier<SslContext> tls) {
    return builder.proxyDetector(
        target -> TunnelAddress.through(Protocol.HTTPS, proxy.address(), (InetSocketAddress) target)
            .withTls(tls));
  }

  private int plaintextServer() throws IOException {
    return echo.serve(NettyServerBuilder.forPort(0, InsecureServerCredentials.create()))
        .getPort();
  }

  private ConnectProxy proxy() {
    assertThat(proxy).isNotNull();
    return proxy;
  }

  private static ClientConnBuilder plaintext(int port) {
    return ClientConnBuilder.forTarget(HOST + ":" + port).usePlaintext();
  }
}
