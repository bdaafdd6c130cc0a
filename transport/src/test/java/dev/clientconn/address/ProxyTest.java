// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.address;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ChosenIo;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.http2.connect.TlsCredentials;
import dev.clientconn.testing.EchoServers;
import dev.clientconn.testing.ReservedPort;
import dev.clientconn.tls.Pki;
import dev.clientconn.transport.Dialer;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.InsecureServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * HTTP proxies, asked for a tunnel by CONNECT. The target's name exists nowhere: only the proxy can
 * know it.
 */
@Timeout(120)
class ProxyTest {

  private static final String HOST = "greeter.invalid";

  @RegisterExtension
  final EchoServers echo = new EchoServers();

  private @Nullable ConnectProxy proxy;

  @AfterEach
  void close() throws IOException {
    System.clearProperty("https.proxyHost");
    System.clearProperty("https.proxyPort");
    if (proxy != null) {
      proxy.close();
    }
  }

  @Conforms({"T003", "C147"})
  @ParameterizedTest
  @EnumSource
  void callGoesThroughTheProxy(ChosenIo io) throws Exception {
    int port = plaintextServer();
    proxy = new ConnectProxy((client, p) -> proxy().tunnel(client, p));

    echo.works(io.build(through(plaintext("dns:///" + HOST + ":" + port), b -> b), null));

    assertThat(proxy.requests.take())
        .startsWith("CONNECT " + HOST + ":" + port + " HTTP/1.1\r\n")
        .containsIgnoringCase("\r\nhost: " + HOST + ":" + port + "\r\n")
        .doesNotContainIgnoringCase("proxy-authorization");
    assertThat(echo.authorities()).containsExactly(HOST + ":" + port);
  }

  @ParameterizedTest
  @EnumSource
  void tlsGoesThroughTheTunnelToTheServer(ChosenIo io) throws Exception {
    Pki pki = new Pki();
    X509Bundle certificate = pki.server(HOST);
    int port = echo.serve(NettyServerBuilder.forPort(
            0, TlsServerCredentials.create(Pki.chainPem(certificate), Pki.keyPem(certificate))))
        .getPort();
    proxy = new ConnectProxy((client, p) -> proxy().tunnel(client, p));

    echo.works(io.build(
        through(ClientConnBuilder.forTarget(HOST + ":" + port), b -> b),
        TlsCredentials.toSslContext(
            TlsChannelCredentials.newBuilder().trustManager(pki.rootPem()).build())));
  }

  @Test
  void largeMessagesPassTheTunnel() throws Exception {
    int port = plaintextServer();
    proxy = new ConnectProxy((client, p) -> proxy().tunnel(client, p));
    byte[] message = new byte[2_000_000];

    assertThat(echo.call(through(plaintext(HOST + ":" + port), b -> b).build(), message))
        .isEqualTo(message);
  }

  @Test
  void serversOfAStaticTargetGoThroughTheProxyToo() throws Exception {
    int port = plaintextServer();
    proxy = new ConnectProxy((client, p) -> proxy().tunnel(client, p));

    echo.works(through(plaintext("static://" + HOST + ":" + port), b -> b).build());

    assertThat(proxy.requests.take()).startsWith("CONNECT " + HOST + ":" + port);
  }

  @Conforms("C147")
  @Test
  void bytesBehindTheProxysResponseAreTheServers() throws Exception {
    int port = plaintextServer();
    proxy = new ConnectProxy((client, p) -> proxy().tunnelWithServersWordsFirst(client, p));

    echo.works(through(plaintext(HOST + ":" + port), b -> b).build());
  }

  @Test
  void theProxyReceivesUserPasswordAndHeaders() throws Exception {
    int port = plaintextServer();
    proxy = new ConnectProxy((client, p) -> proxy().tunnel(client, p));

    echo.works(through(
            plaintext(HOST + ":" + port),
            b -> b.setUsername("ann").setPassword("s:1").setHeaders(Map.of("x-team", "blue")))
        .build());

    assertThat(proxy.requests.take())
        .containsIgnoringCase("\r\nproxy-authorization: Basic "
            + Base64.getEncoder().encodeToString("ann:s:1".getBytes(UTF_8))
            + "\r\n")
        .contains("\r\nx-team: blue\r\n");
  }

  @Test
  void interimResponsesAreSkippedAndEveryFinal2xxOpensTheTunnel() throws Exception {
    int port = plaintextServer();
    byte[] responses =
        "HTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.0 204\nContent-Length: 9\n\n".getBytes(UTF_8);
    proxy = new ConnectProxy((client, p) -> proxy().tunnel(client, p, responses, 9));

    echo.works(through(plaintext(HOST + ":" + port), b -> b).build());
  }

  @Test
  void headerThatWouldBeginAnotherOneIsNotSent() throws Exception {
    assertThat(answered(
            "HTTP/1.1 403 Forbidden\r\n\r\n",
            b -> b.setHeaders(Map.of("x-team", "blue\r\nx-role: admin"))))
        .contains("the header 'x-team' for the proxy has characters that HTTP does not allow")
        .doesNotContain("blue");
    assertThat(proxy().requests).isEmpty();
  }

  @Test
  void proxyThatWantsAPasswordSaysSo() throws Exception {
    assertThat(answered("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", b -> b))
        .contains(
            "cannot connect to " + HOST + ":4711 through the HTTP proxy",
            proxy().address().toString(),
            "407 Proxy Authentication Required",
            "give it a user and a password");
  }

  @Test
  void proxyThatRefusesThePasswordSaysSoWithoutTellingIt() throws Exception {
    assertThat(answered(
            "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
            b -> b.setUsername("ann").setPassword("secret")))
        .contains("407", "does not accept this user and password")
        .doesNotContain("secret");
  }

  @Test
  void proxyThatForbidsTheTargetSaysSo() throws Exception {
    assertThat(answered("HTTP/1.1 403 Forbidden\r\n\r\n", b -> b))
        .contains(proxy().address().toString(), "403 Forbidden", "NO_PROXY");
  }

  @Test
  void proxyThatCannotReachTheServerSaysSo() throws Exception {
    assertThat(answered("HTTP/1.1 502 Bad Gateway\r\n\r\n", b -> b))
        .contains("CONNECT " + HOST + ":4711", "502 Bad Gateway", "proxy's log");
  }

  @Test
  void peerThatIsNoProxyIsFoundOut() throws Exception {
    assertThat(answered("220 mail.example ESMTP\r\n\r\n", b -> b))
        .contains("to CONNECT " + HOST + ":4711 in another protocol, not in HTTP");
    assertThat(answered("\25\3\1\0\2\2\26", b -> b))
        .contains("to CONNECT " + HOST + ":4711 in TLS, not in HTTP");
    assertThat(answered("\5\377", b -> b))
        .contains("to CONNECT " + HOST + ":4711 in SOCKS5, not in HTTP");
    assertThat(answered("HELLO\r\n\r\n", b -> b)).contains("with 'HELLO', which is not HTTP/1");
  }

  @Test
  void proxyThatHangsUpIsNamed() throws Exception {
    assertThat(answered("", b -> b))
        .contains(
            proxy().address().toString(),
            "closed the connection while this side was waiting for the proxy's response to CONNECT",
            "check its address and its scheme");
  }

  @Test
  void proxyThatNeverRespondsRunsIntoTheConnectTimeout() throws Exception {
    proxy = new ConnectProxy((client, p) -> client.getInputStream().readAllBytes());

    assertThat(echo.failure(through(plaintext(HOST + ":4711"), b -> b)
            .connectTimeout(Duration.ofMillis(300))
            .build()))
        .contains("through the HTTP proxy", proxy.address().toString())
        .endsWith("timed out after 300 ms, waiting for the proxy's response to CONNECT " + HOST
            + ":4711");
  }

  @Test
  void absentProxyIsNamed() throws Exception {
    try (ReservedPort unused = new ReservedPort()) {
      InetSocketAddress absent =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), unused.number());
      assertThat(echo.failure(plaintext(HOST + ":4711")
              .proxyDetector(target -> HttpConnectProxiedSocketAddress.newBuilder()
                  .setProxyAddress(absent)
                  .setTargetAddress((InetSocketAddress) target)
                  .build())
              .build()))
          .contains("the proxy cannot be reached", "refused", absent.toString(), "HTTPS_PROXY");
    }
  }

  @Test
  void jvmsProxyIsUsedByDefault() throws Exception {
    int port = plaintextServer();
    proxy = new ConnectProxy((client, p) -> proxy().tunnel(client, p));
    System.setProperty("https.proxyHost", "127.0.0.1");
    System.setProperty("https.proxyPort", "" + proxy.address().getPort());

    echo.works(plaintext(HOST + ":" + port).build());

    assertThat(proxy.requests.take()).startsWith("CONNECT " + HOST + ":" + port);
  }

  @Test
  void thisMachineIsReachedWithoutTheProxy() throws Exception {
    int port = plaintextServer();
    proxy = new ConnectProxy((client, p) -> proxy().tunnel(client, p));
    System.setProperty("https.proxyHost", "127.0.0.1");
    System.setProperty("https.proxyPort", "" + proxy.address().getPort());

    echo.works(plaintext("localhost:" + port).build());
    echo.works(plaintext("127.0.0.1:" + port).build());

    assertThat(proxy.requests).isEmpty();
  }

  @Conforms("C147")
  @Test
  void dialerOfTheUsersKnowsItsOwnWay() throws Exception {
    int port = plaintextServer();
    System.setProperty("https.proxyHost", "127.0.0.1");
    System.setProperty("https.proxyPort", "1");
    Dialer direct = request -> new Bootstrap()
        .group(request.eventLoop())
        .channel(EpollSocketChannel.class)
        .handler(request.handler())
        .connect(request.address());

    // 0.0.0.0 is this machine too, but no loopback address.
    echo.works(plaintext("0.0.0.0:" + port).dialer(direct).build());
  }

  private String answered(
      String answer, UnaryOperator<HttpConnectProxiedSocketAddress.Builder> change)
      throws IOException {
    proxy = new ConnectProxy(ConnectProxy.answering(answer));
    return echo.failure(through(plaintext(HOST + ":4711"), change).build());
  }

  private ClientConnBuilder through(
      ClientConnBuilder builder, UnaryOperator<HttpConnectProxiedSocketAddress.Builder> change) {
    return builder.proxyDetector(target -> change
        .apply(HttpConnectProxiedSocketAddress.newBuilder()
            .setProxyAddress(proxy().address())
            .setTargetAddress((InetSocketAddress) target))
        .build());
  }

  private int plaintextServer() throws IOException {
    return echo.serve(NettyServerBuilder.forPort(0, InsecureServerCredentials.create()))
        .getPort();
  }

  private ConnectProxy proxy() {
    assertThat(proxy).isNotNull();
    return proxy;
  }

  private static ClientConnBuilder plaintext(String target) {
    return ClientConnBuilder.forTarget(target).usePlaintext();
  }
}
