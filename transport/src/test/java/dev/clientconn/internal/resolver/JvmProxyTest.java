// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.transport.TunnelAddress;
import dev.clientconn.transport.TunnelAddress.Protocol;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.ProxiedSocketAddress;
import java.io.IOException;
import java.net.Authenticator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ProxySelector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reads the proxies that the JVM's own selector makes of system properties. */
class JvmProxyTest {

  private static final InetSocketAddress TARGET =
      InetSocketAddress.createUnresolved("greeter.example", 443);

  private final Map<String, String> environment = new HashMap<>();
  private final DefaultProxyDetector detector =
      new DefaultProxyDetector(environment::get, ProxySelector::getDefault);

  @AfterEach
  void clear() {
    Authenticator.setDefault(null);
    List.of(
            "https.proxyHost",
            "https.proxyPort",
            "http.nonProxyHosts",
            "socksProxyHost",
            "socksProxyPort",
            "socksProxyVersion",
            "socksNonProxyHosts",
            "java.net.socks.username",
            "java.net.socks.password")
        .forEach(System::clearProperty);
  }

  @Test
  void socksProxyOfThePropertiesIsUsed() throws Exception {
    set("socksProxyHost", "127.0.0.1");

    assertThat(proxied()).isEqualTo(through(Protocol.SOCKS5, 1080));

    set("socksProxyPort", "9050");
    assertThat(proxied()).isEqualTo(through(Protocol.SOCKS5, 9050));

    set("socksProxyVersion", "4");
    assertThat(proxied()).isEqualTo(through(Protocol.SOCKS4, 9050));
  }

  @Test
  void httpProxyOfThePropertiesGoesBeforeTheirSocksProxy() throws Exception {
    set("socksProxyHost", "127.0.0.1");
    set("https.proxyHost", "127.0.0.2");

    assertThat(proxied()).isInstanceOf(HttpConnectProxiedSocketAddress.class);
  }

  @Test
  void propertiesGoBeforeTheEnvironment() throws Exception {
    environment.put("HTTPS_PROXY", "http://127.0.0.1:3128");
    set("socksProxyHost", "127.0.0.1");

    assertThat(proxied()).isEqualTo(through(Protocol.SOCKS5, 1080));
  }

  @ParameterizedTest
  @CsvSource({"socksNonProxyHosts, true", "http.nonProxyHosts, true", "ftp.nonProxyHosts, false"})
  void hostsAreExcludedFromTheSocksProxy(String property, boolean excluded) throws Exception {
    set("socksProxyHost", "127.0.0.1");
    try {
      set(property, "*.example|other");

      assertThat(detector.proxyFor(TARGET) == null).isEqualTo(excluded);
    } finally {
      System.clearProperty(property);
    }
  }

  @Test
  void loginOfThePropertiesIsUsed() throws Exception {
    set("socksProxyHost", "127.0.0.1");
    set("java.net.socks.username", "ann");
    set("java.net.socks.password", "secret");

    assertThat(proxied()).isEqualTo(through(Protocol.SOCKS5, 1080).withLogin("ann", "secret"));

    set("socksProxyVersion", "4");
    assertThat(proxied()).isEqualTo(through(Protocol.SOCKS4, 1080).withLogin("ann", null));
  }

  @Test
  void loginOfTheAuthenticatorGoesBeforeThatOfTheProperties() throws Exception {
    set("socksProxyHost", "127.0.0.1");
    set("java.net.socks.username", "ann");
    List<String> asked = new CopyOnWriteArrayList<>();
    Authenticator.setDefault(new Authenticator() {
      @Override
      protected PasswordAuthentication getPasswordAuthentication() {
        asked.add(getRequestingProtocol() + " " + getRequestingHost() + ":" + getRequestingPort());
        return new PasswordAuthentication("bob", "hidden".toCharArray());
      }
    });

    assertThat(proxied()).isEqualTo(through(Protocol.SOCKS5, 1080).withLogin("bob", "hidden"));
    assertThat(asked).containsOnly("SOCKS5 127.0.0.1:1080");
  }

  @Test
  void socksProxyOfVersion4HasNoAddressesOfVersion6() {
    set("socksProxyHost", "127.0.0.1");
    set("socksProxyVersion", "4");

    assertThatThrownBy(() -> detector.proxyFor(InetSocketAddress.createUnresolved("fd00::1", 443)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("SOCKS4 has no IPv6 addresses, such as [fd00::1]:443: use SOCKS5");
  }

  private ProxiedSocketAddress proxied() throws IOException {
    return Objects.requireNonNull(detector.proxyFor(TARGET));
  }

  private static TunnelAddress through(Protocol protocol, int port) {
    return TunnelAddress.through(
        protocol, new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TARGET);
  }

  private static void set(String property, String value) {
    System.setProperty(property, value);
  }
}
