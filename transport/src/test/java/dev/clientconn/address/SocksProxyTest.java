// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.address;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ChosenIo;
import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.http2.connect.TlsCredentials;
import dev.clientconn.testing.EchoServers;
import dev.clientconn.testing.ReservedPort;
import dev.clientconn.tls.Pki;
import dev.clientconn.transport.SnapshotJson;
import dev.clientconn.transport.TunnelAddress;
import dev.clientconn.transport.TunnelAddress.Protocol;
import io.grpc.InsecureServerCredentials;
import io.grpc.ProxiedSocketAddress;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** SOCKS proxies. The target's name exists nowhere: only the proxy can know it. */
@Timeout(60)
class SocksProxyTest {

  private static final String HOST = "greeter.invalid";

  private static final byte CONNECT = 1;
  private static final byte LOGIN = 2;
  private static final byte NONE = 0;

  @RegisterExtension
  final EchoServers echo = new EchoServers();

  private SocksProxy proxy;

  @BeforeEach
  void open() throws IOException {
    proxy = new SocksProxy();
  }

  @AfterEach
  void close() throws IOException {
    System.clearProperty("socksProxyHost");
    System.clearProperty("socksProxyPort");
    proxy.close();
  }

  @Conforms("T003")
  @ParameterizedTest
  @EnumSource
  void proxyOfVersion5GetsTheNameOfTheServer(ChosenIo io) throws Exception {
    int port = plaintextServer();

    echo.works(io.build(through(Protocol.SOCKS5, HOST + ":" + port), null));

    assertThat(proxy.requests)
        .containsExactly(List.of(NONE), List.of(CONNECT, "name " + HOST, port));
    assertThat(echo.authorities()).containsExactly(HOST + ":" + port);
  }

  @ParameterizedTest
  @EnumSource
  void proxyOfVersion4GetsTheNameOfTheServer(ChosenIo io) throws Exception {
    int port = plaintextServer();

    echo.works(io.build(through(Protocol.SOCKS4, HOST + ":" + port), null));

    assertThat(proxy.requests).containsExactly(List.of(CONNECT, HOST, port, ""));
  }

  @ParameterizedTest
  @CsvSource({
    "SOCKS5, 10.1.2.3, 10.1.2.3",
    "SOCKS5, [fd00::1], fd00:0:0:0:0:0:0:1",
    "SOCKS4, 10.1.2.3, 10.1.2.3"
  })
  void addressesAreSentAsAddresses(Protocol protocol, String host, String sent) throws Exception {
    int port = plaintextServer();

    echo.works(through(protocol, "dns:///" + host + ":" + port));

    assertThat(proxy.requests).anySatisfy(request -> assertThat(request).contains(sent, port));
  }

  @ParameterizedTest
  @EnumSource(names = "SOCKS.*", mode = EnumSource.Mode.MATCH_ALL)
  void tlsGoesThroughTheTunnelToTheServer(Protocol protocol) throws Exception {
    Pki pki = new Pki();
    X509Bundle certificate = pki.server(HOST);
    int port = echo.serve(NettyServerBuilder.forPort(
            0, TlsServerCredentials.create(Pki.chainPem(certificate), Pki.keyPem(certificate))))
        .getPort();

    echo.works(ClientConnBuilder.forTarget(HOST + ":" + port)
        .sslContext(TlsCredentials.toSslContext(
            TlsChannelCredentials.newBuilder().trustManager(pki.rootPem()).build()))
        .proxyDetector(target ->
            TunnelAddress.through(protocol, proxy.address(), (InetSocketAddress) target)));
  }

  @ParameterizedTest
  @EnumSource(names = "SOCKS.*", mode = EnumSource.Mode.MATCH_ALL)
  void bytesBehindTheProxysResponseAreTheServers(Protocol protocol) throws Exception {
    proxy.early = 9;

    echo.works(through(protocol, HOST + ":" + plaintextServer()));
  }

  @Test
  void boundAddressOfAReplyMayBeAName() throws Exception {
    proxy.early = 9;
    proxy.replied = new byte[] {5, 0, 0, 3, 2, 'a', 'b', 0, 80};
    echo.works(through(Protocol.SOCKS5, HOST + ":" + plaintextServer()));

    proxy.replied = HexFormat.of().parseHex("0500000400000000000000000000000000000000" + "1234");
    echo.works(through(Protocol.SOCKS5, HOST + ":" + plaintextServer()));
  }

  @Test
  void proxyGetsTheLoginThatItDemands() throws Exception {
    proxy.greeted = new byte[] {5, 2};
    String password = "p:ä" + "x".repeat(250);

    echo.works(through(
        Protocol.SOCKS5, HOST + ":" + plaintextServer(), a -> a.withLogin("änn", password)));

    assertThat(proxy.requests.take()).containsExactly(NONE, LOGIN);
    assertThat(password.getBytes(UTF_8)).hasSize(254);
    assertThat(proxy.requests.take()).containsExactly((byte) 1, "änn", password);
  }

  @Test
  void proxyThatDemandsNoLoginGetsNone() throws Exception {
    int port = plaintextServer();

    echo.works(through(Protocol.SOCKS5, HOST + ":" + port, a -> a.withLogin("ann", "secret")));

    assertThat(proxy.requests)
        .containsExactly(List.of(NONE, LOGIN), List.of(CONNECT, "name " + HOST, port));
  }

  @Test
  void proxyOfVersion4GetsTheUser() throws Exception {
    int port = plaintextServer();

    echo.works(through(Protocol.SOCKS4, HOST + ":" + port, a -> a.withLogin("ann", null)));

    assertThat(proxy.requests).containsExactly(List.of(CONNECT, HOST, port, "ann"));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 'general failure: see the proxy''s log'",
    "2, not allowed by its rules: have the proxy allow this target",
    "3, network unreachable",
    "4, host unreachable",
    "5, connection refused: no server listens at this address",
    "6, time to live expired",
    "7, command not supported",
    "8, address type not supported",
    "200, which RFC 1928 does not define"
  })
  void refusalOfVersion5IsNamed(int reply, String words) throws Exception {
    // Proxies differ in whether an address follows.
    proxy.replied = new byte[] {5, (byte) reply};

    assertThat(echo.failure(through(Protocol.SOCKS5, HOST + ":4711")))
        .startsWith("cannot connect to " + HOST + ":4711 through the SOCKS5 proxy "
            + proxy.address() + ": the proxy responded to the request for " + HOST + ":4711 with "
            + reply + ", " + words);
  }

  @ParameterizedTest
  @CsvSource({
    "91, rejected or failed",
    "92, identd",
    "93, identd",
    "12, which SOCKS4 does not define"
  })
  void refusalOfVersion4IsNamed(int reply, String words) throws Exception {
    proxy.granted = new byte[] {0, (byte) reply, 0, 0, 0, 0, 0, 0};

    assertThat(echo.failure(through(Protocol.SOCKS4, HOST + ":4711")))
        .contains("through the SOCKS4 proxy " + proxy.address(), "with " + reply + ", ", words);
  }

  @Test
  void refusedLoginIsNamedWithoutThePassword() throws Exception {
    proxy.greeted = new byte[] {5, 2};
    proxy.loggedIn = new byte[] {1, 1};

    assertThat(echo.failure(
            through(Protocol.SOCKS5, HOST + ":4711", a -> a.withLogin("ann", "secret"))))
        .contains("the proxy responded to the login with status 1: it does not accept this user")
        .doesNotContain("secret");
  }

  @Test
  void proxyThatDemandsALoginSaysSo() throws Exception {
    proxy.greeted = new byte[] {5, (byte) 0xff};

    assertThat(echo.failure(through(Protocol.SOCKS5, HOST + ":4711")))
        .contains("demands authentication", "HTTPS_PROXY=socks5://user:password@host:port");
    assertThat(echo.failure(
            through(Protocol.SOCKS5, HOST + ":4711", a -> a.withLogin("ann", "secret"))))
        .contains("has no authentication by user and password")
        .doesNotContain("secret");
  }

  @Test
  void proxyThatChoosesWhatWasNotOfferedIsNamed() throws Exception {
    proxy.greeted = new byte[] {5, 2};

    assertThat(echo.failure(through(Protocol.SOCKS5, HOST + ":4711")))
        .contains("with the authentication 2, which was not offered");
  }

  @ParameterizedTest
  @CsvSource({
    "SOCKS5, 485454502f312e3120343030, 'in HTTP, not in SOCKS5'",
    "SOCKS5, 15030100020216, 'in TLS, not in SOCKS5'",
    "SOCKS5, 005b, 'in SOCKS4, not in SOCKS5'",
    "SOCKS5, 323230206d61696c, 'in another protocol, not in SOCKS5'",
    "SOCKS4, 485454502f312e3120343030, 'in HTTP, not in SOCKS4'",
    "SOCKS4, 05ff, 'in SOCKS5, not in SOCKS4'"
  })
  void peerThatSpeaksSomethingElseIsNamed(Protocol protocol, String response, String words)
      throws Exception {
    proxy.greeted = HexFormat.of().parseHex(response);
    proxy.granted = proxy.greeted;

    assertThat(echo.failure(through(protocol, HOST + ":4711")))
        .contains("the proxy responded to the ", words, "check its address and its scheme");
  }

  @Test
  void replyThatIsNotSocksIsNamed() throws Exception {
    proxy.replied = new byte[] {5, 0, 0, 77, 1, 2, 3, 4, 5, 6};

    try (TestProxy strange = new TestProxy()) {
      strange.accept(client -> {
        client.getInputStream().readNBytes(3);
        client.getOutputStream().write(new byte[] {5, 0});
        client.getInputStream().readNBytes(4 + 1 + HOST.length() + 2);
        TestProxy.finish(client, proxy.replied);
      });
      assertThat(echo.failure(through(Protocol.SOCKS5, HOST + ":4711", strange, a -> a)))
          .contains("with an address of unknown type");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SOCKS5, 3, '', the SOCKS5 greeting",
    "SOCKS5, 3, 0502, the login",
    "SOCKS5, 3, 0500, the request for greeter.invalid:4711",
    "SOCKS4, 1, '', the request for greeter.invalid:4711"
  })
  void proxyThatHangsUpIsNamedWithThePhase(
      Protocol protocol, int request, String response, String phase) throws Exception {
    try (TestProxy silent = new TestProxy()) {
      silent.accept(client -> {
        client.getInputStream().readNBytes(request);
        TestProxy.finish(client, HexFormat.of().parseHex(response));
      });

      assertThat(echo.failure(
              through(protocol, HOST + ":4711", silent, login(response.equals("0502")))))
          .contains(
              "through the " + protocol + " proxy " + silent.address(),
              "the proxy closed the connection while this side was waiting for the proxy's"
                  + " response to " + phase);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SOCKS5, '', the SOCKS5 greeting",
    "SOCKS5, 0502, the login",
    "SOCKS5, 0500, the request for greeter.invalid:4711",
    "SOCKS4, '', the request for greeter.invalid:4711"
  })
  void proxyThatNeverRespondsRunsIntoTheConnectTimeout(
      Protocol protocol, String response, String phase) throws Exception {
    try (TestProxy silent = silentAfter(response, new LinkedBlockingQueue<>())) {
      assertThat(
              echo.failure(through(protocol, HOST + ":4711", silent, login(response.equals("0502")))
                  .connectTimeout(Duration.ofMillis(500))))
          .contains("through the " + protocol + " proxy " + silent.address())
          .endsWith("timed out after 500 ms, waiting for the proxy's response to " + phase);
    }
  }

  @ParameterizedTest
  @CsvSource({"SOCKS5, ''", "SOCKS5, 0502", "SOCKS5, 0500", "SOCKS5, 05000000", "SOCKS4, ''"})
  void shutdownWhileTheTunnelIsOpenedClosesTheConnection(Protocol protocol, String response)
      throws Exception {
    BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    try (TestProxy silent = silentAfter(response, ends)) {
      ClientConn conn = through(protocol, HOST + ":4711", silent, login(response.equals("0502")))
          .build();
      conn.getState(true);
      assertThat(ends.poll(30, TimeUnit.SECONDS)).isEqualTo("connected");

      conn.shutdownNow();

      assertThat(conn.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
      assertThat(ends.poll(30, TimeUnit.SECONDS)).isEqualTo("closed");
    }
  }

  @Test
  void snapshotNamesTheProxyAndNoLogin() throws Exception {
    proxy.greeted = new byte[] {5, 2};
    int port = plaintextServer();
    ClientConn conn = through(Protocol.SOCKS5, HOST + ":" + port, a -> a.withLogin("zoe", "secret"))
        .build();

    echo.works(conn);

    assertThat(conn.snapshot().toString())
        .contains(HOST + ":" + port + " through the SOCKS5 proxy " + proxy.address())
        .doesNotContain("secret", "zoe");
    assertThat(SnapshotJson.of(conn.snapshot()))
        .contains(HOST + ":" + port + " through the SOCKS5 proxy ")
        .doesNotContain("secret", "zoe");
  }

  @Test
  void absentProxyIsNamed() {
    try (ReservedPort unused = new ReservedPort()) {
      assertThat(echo.failure(plaintext(HOST + ":4711")
              .proxyDetector(target -> TunnelAddress.through(
                  Protocol.SOCKS5,
                  new InetSocketAddress(
                      InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), unused.number()),
                  (InetSocketAddress) target))))
          .contains(
              "through the SOCKS5 proxy /127.0.0.1:" + unused.number(),
              "the proxy cannot be reached",
              "refused",
              "socksProxyHost");
    }
  }

  @Test
  void jvmsProxyIsUsedByDefault() throws Exception {
    int port = plaintextServer();
    System.setProperty("socksProxyHost", "127.0.0.1");
    System.setProperty("socksProxyPort", "" + proxy.address().getPort());

    echo.works(plaintext(HOST + ":" + port));

    assertThat(proxy.requests)
        .containsExactly(List.of(NONE), List.of(CONNECT, "name " + HOST, port));
  }

  @Test
  void addressOfAnUnknownTypeIsNamed() {
    ProxiedSocketAddress unknown = new ProxiedSocketAddress() {
      private static final long serialVersionUID = 1L;
    };

    assertThat(echo.failure(plaintext(HOST + ":4711").proxyDetector(target -> unknown)))
        .contains("the ProxyDetector returned an address of type", "return a TunnelAddress");
  }

  /** Responds to the first message only, and reports this and the end of the connection. */
  private static TestProxy silentAfter(String response, BlockingQueue<String> ends)
      throws IOException {
    TestProxy silent = new TestProxy();
    silent.accept(client -> {
      respondOnce(client, HexFormat.of().parseHex(response));
      ends.add("connected");
      try {
        client.getInputStream().readAllBytes();
      } finally {
        // A reset closes the connection, too.
        ends.add("closed");
      }
    });
    return silent;
  }

  private static void respondOnce(Socket client, byte[] response) throws IOException {
    client.getInputStream().read();
    client.getOutputStream().write(response);
  }

  private static UnaryOperator<TunnelAddress> login(boolean wanted) {
    return wanted ? a -> a.withLogin("ann", "secret") : a -> a;
  }

  private ClientConnBuilder through(Protocol protocol, String target) {
    return through(protocol, target, a -> a);
  }

  private ClientConnBuilder through(
      Protocol protocol, String target, UnaryOperator<TunnelAddress> change) {
    return through(protocol, target, proxy, change);
  }

  private static ClientConnBuilder through(
      Protocol protocol, String target, TestProxy proxy, UnaryOperator<TunnelAddress> change) {
    return plaintext(target)
        .proxyDetector(server -> change.apply(
            TunnelAddress.through(protocol, proxy.address(), (InetSocketAddress) server)));
  }

  private int plaintextServer() throws IOException {
    return echo.serve(NettyServerBuilder.forPort(0, InsecureServerCredentials.create()))
        .getPort();
  }

  private static ClientConnBuilder plaintext(String target) {
    return ClientConnBuilder.forTarget(target).usePlaintext();
  }
}
