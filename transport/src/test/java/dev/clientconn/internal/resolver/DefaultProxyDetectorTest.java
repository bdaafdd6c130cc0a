// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.transport.TunnelAddress;
import dev.clientconn.transport.TunnelAddress.Protocol;
import io.grpc.HttpConnectProxiedSocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefaultProxyDetectorTest {

  private static final InetSocketAddress TARGET =
      InetSocketAddress.createUnresolved("greeter.example", 443);

  private final Map<String, String> environment = new HashMap<>();
  private final Selector selector = new Selector();
  private final DefaultProxyDetector detector =
      new DefaultProxyDetector(environment::get, () -> selector);

  @AfterEach
  void clear() {
    System.clearProperty("https.proxyHost");
  }

  @Test
  void knowsNoProxyWhereNobodyNamesOne() throws Exception {
    assertThat(detector.proxyFor(TARGET)).isNull();
    assertThat(selector.asked).containsExactly(URI.create("https://greeter.example:443"));
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:3128,127.0.0.1,3128",
    "127.0.0.1:3128,127.0.0.1,3128",
    "HTTP://127.0.0.1,127.0.0.1,80",
    "http://[::1]:3128/,0:0:0:0:0:0:0:1,3128"
  })
  void environmentNamesTheProxy(String value, String host, int port) throws Exception {
    environment.put("HTTPS_PROXY", value);

    HttpConnectProxiedSocketAddress proxied = proxied();

    InetSocketAddress proxy = (InetSocketAddress) proxied.getProxyAddress();
    assertThat(proxy.getAddress().getHostAddress()).isEqualTo(host);
    assertThat(proxy.getPort()).isEqualTo(port);
    assertThat(proxied.getTargetAddress()).isEqualTo(TARGET);
    assertThat(proxied.getUsername()).isNull();
  }

  @Test
  void environmentNamesUserAndPassword() throws Exception {
    environment.put("HTTPS_PROXY", "http://a%40b:p+%3Aq@127.0.0.1:3128");

    assertThat(proxied().getUsername()).isEqualTo("a@b");
    assertThat(proxied().getPassword()).isEqualTo("p+:q");
  }

  @Test
  void lowerCaseServesWhereUpperCaseIsAbsentOrEmpty() throws Exception {
    environment.put("HTTPS_PROXY", " ");
    environment.put("https_proxy", "http://127.0.0.1:3128");
    environment.put("no_proxy", "other.example");

    assertThat(((InetSocketAddress) proxied().getProxyAddress()).getPort()).isEqualTo(3128);

    environment.put("no_proxy", "example");
    assertThat(detector.proxyFor(TARGET)).isNull();
  }

  @Test
  void environmentDecidesAloneWhereItNamesAProxy() throws Exception {
    environment.put("HTTPS_PROXY", "http://127.0.0.1:3128");
    environment.put("NO_PROXY", "greeter.example");
    selector.proxies = List.of(http(9));

    assertThat(detector.proxyFor(TARGET)).isNull();
    assertThat(selector.asked).isEmpty();
  }

  @Test
  void jvmsPropertyGoesBeforeTheEnvironment() throws Exception {
    System.setProperty("https.proxyHost", "127.0.0.1");
    environment.put("HTTPS_PROXY", "http://127.0.0.1:3128");
    selector.proxies = List.of(http(9));

    assertThat(((InetSocketAddress) proxied().getProxyAddress()).getPort()).isEqualTo(9);
  }

  @Test
  void selectorsFirstProxyIsTaken() throws Exception {
    selector.proxies = List.of(http(2), socks(1), http(3));

    assertThat(((InetSocketAddress) proxied().getProxyAddress()).getPort()).isEqualTo(2);

    selector.proxies = List.of(socks(1), http(2));

    assertThat(tunnel()).isEqualTo(socks5(1));
  }

  @Test
  void selectorMayKnowNoProxy() throws Exception {
    selector.proxies = List.of();

    assertThat(detector.proxyFor(TARGET)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "https://127.0.0.1:3129, HTTPS, 3129",
    "https://127.0.0.1, HTTPS, 443",
    "SOCKS5://127.0.0.1:1081, SOCKS5, 1081",
    "socks5h://127.0.0.1, SOCKS5, 1080",
    "socks://127.0.0.1, SOCKS5, 1080",
    "socks4://127.0.0.1, SOCKS4, 1080",
    "socks4a://127.0.0.1:1082/, SOCKS4, 1082"
  })
  void environmentNamesTheProtocolOfTheProxy(String value, Protocol protocol, int port)
      throws Exception {
    environment.put("HTTPS_PROXY", value);

    assertThat(tunnel())
        .isEqualTo(TunnelAddress.through(
            protocol, new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TARGET));
  }

  @Test
  void environmentNamesTheLoginAtProxiesOfEachProtocol() throws Exception {
    environment.put("HTTPS_PROXY", "socks5://a%40b:p%3Aq@127.0.0.1");
    assertThat(tunnel().user()).isEqualTo("a@b");
    assertThat(tunnel().password()).isEqualTo("p:q");

    environment.put("HTTPS_PROXY", "https://ann:secret@127.0.0.1");
    assertThat(tunnel().password()).isEqualTo("secret");
    assertThat(tunnel().toString()).doesNotContain("ann", "secret");

    environment.put("HTTPS_PROXY", "socks4://ann@127.0.0.1");
    assertThat(tunnel().user()).isEqualTo("ann");
    assertThat(tunnel().password()).isNull();
  }

  @Test
  void loginThatTheProtocolCannotTransportIsRefusedWithoutTellingIt() {
    environment.put("HTTPS_PROXY", "socks4://ann:secret@127.0.0.1");
    assertThatThrownBy(() -> detector.proxyFor(TARGET))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("SOCKS4 has no passwords")
        .hasMessageNotContaining("secret");

    environment.put("HTTPS_PROXY", "socks5://ann:" + "secret".repeat(50) + "@127.0.0.1");
    assertThatThrownBy(() -> detector.proxyFor(TARGET))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("password of the proxy is longer than 255 bytes")
        .hasMessageNotContaining("secret");
  }

  @Test
  void noProxyExcludesFromSocksProxies() throws Exception {
    environment.put("HTTPS_PROXY", "socks5://127.0.0.1");
    environment.put("NO_PROXY", "example");

    assertThat(detector.proxyFor(TARGET)).isNull();
  }

  @Test
  void selectorMaySayDirect() throws Exception {
    selector.proxies = List.of(Proxy.NO_PROXY, http(2));

    assertThat(detector.proxyFor(TARGET)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "order_service_1, https://order_service_1:443",
    "fe80::2, https://[fe80::2]:443",
    "[fe80::2%eth0], https://[fe80::2%eth0]:443"
  })
  void selectorIsCalledForEveryHost(String host, String url) throws Exception {
    selector.proxies = List.of(http(2));

    assertThat(detector.proxyFor(InetSocketAddress.createUnresolved(host, 443))).isNotNull();

    assertThat(selector.asked).extracting(URI::toString).containsExactly(url);
  }

  @ParameterizedTest
  @CsvSource({"http://my_proxy, 80", "http://user:pass@my_proxy:3128, 3128", "my_proxy:3128, 3128"})
  void proxyMayHaveANameWithUnderscores(String value, int port) throws Exception {
    assertThat(ProxyUrl.parse("HTTPS_PROXY", value))
        .extracting(ProxyUrl::host, ProxyUrl::port)
        .containsExactly("my_proxy", port);
  }

  @ParameterizedTest
  @CsvSource({"localhost", "127.0.0.1", "::1", "[::1%lo]"})
  void thisMachineNeedsNoProxy(String host) throws Exception {
    environment.put("HTTPS_PROXY", "http://127.0.0.1:3128");

    assertThat(detector.proxyFor(InetSocketAddress.createUnresolved(host, 443))).isNull();
  }

  @Test
  void unixSocketsNeedNoProxy() throws Exception {
    environment.put("HTTPS_PROXY", "http://127.0.0.1:3128");

    assertThat(detector.proxyFor(UnixDomainSocketAddress.of("/tmp/x"))).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "ftp://user:secret@proxy:3128,'scheme ''ftp'', but only http'",
    "quic://user:secret@proxy,'scheme ''quic'', but only http'",
    "http://user:secret@:3128,names no host",
    "http://us er:secret@proxy,not a URL",
    "http://user:123/secret@proxy:3128,write %2F",
    "http://user:secret?a@b@proxy:3128,write %2F"
  })
  void proxyThatCannotBeUsedIsRefusedWithoutTellingThePassword(String value, String complaint) {
    environment.put("HTTPS_PROXY", value);

    assertThatThrownBy(() -> detector.proxyFor(TARGET))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("HTTPS_PROXY", complaint)
        .hasMessageNotContaining("secret");
  }

  private TunnelAddress tunnel() throws IOException {
    return (TunnelAddress) Objects.requireNonNull(detector.proxyFor(TARGET));
  }

  private static TunnelAddress socks5(int port) {
    return TunnelAddress.through(
        Protocol.SOCKS5, new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TARGET);
  }

  private HttpConnectProxiedSocketAddress proxied() throws IOException {
    return (HttpConnectProxiedSocketAddress) Objects.requireNonNull(detector.proxyFor(TARGET));
  }

  private static Proxy http(int port) {
    return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("127.0.0.1", port));
  }

  private static Proxy socks(int port) {
    return new Proxy(Proxy.Type.SOCKS, InetSocketAddress.createUnresolved("127.0.0.1", port));
  }

  private static final class Selector extends ProxySelector {
    private final List<URI> asked = new ArrayList<>();
    private List<Proxy> proxies = List.of(Proxy.NO_PROXY);

    @Override
    public List<Proxy> select(@Nullable URI uri) {
      asked.add(Objects.requireNonNull(uri));
      return proxies;
    }

    @Override
    public void connectFailed(
        @Nullable URI uri, @Nullable SocketAddress address, @Nullable IOException failure) {}
  }
}
