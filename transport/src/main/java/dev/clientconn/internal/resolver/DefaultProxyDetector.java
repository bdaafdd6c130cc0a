// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.resolver;

import dev.clientconn.transport.TunnelAddress.Protocol;
import io.grpc.ProxiedSocketAddress;
import io.grpc.ProxyDetector;
import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the proxy that the JVM or the environment configures. {@code -Dhttps.proxyHost} and {@code
 * -DsocksProxyHost} go first, then {@code HTTPS_PROXY} with {@code NO_PROXY} (upper case first),
 * then Java's {@link ProxySelector}; the first that is set decides alone. Loopback addresses are
 * never proxied. May block: called during name resolution.
 */
public final class DefaultProxyDetector implements ProxyDetector {
  private static final String HTTP_PROPERTY = "https.proxyHost";
  private static final String SOCKS_PROPERTY = "socksProxyHost";

  /** Follows the settings of this JVM and of its environment. */
  public static final ProxyDetector SYSTEM =
      new DefaultProxyDetector(System::getenv, ProxySelector::getDefault);

  private final UnaryOperator<@Nullable String> environment;
  private final Supplier<@Nullable ProxySelector> selector;

  DefaultProxyDetector(
      UnaryOperator<@Nullable String> environment, Supplier<@Nullable ProxySelector> selector) {
    this.environment = environment;
    this.selector = selector;
  }

  @Override
  public @Nullable ProxiedSocketAddress proxyFor(SocketAddress target) throws IOException {
    if (!(target instanceof InetSocketAddress inet) || NoProxyHosts.isLocal(inet.getHostString())) {
      return null;
    }
    boolean ofJvm =
        System.getProperty(HTTP_PROPERTY) != null || System.getProperty(SOCKS_PROPERTY) != null;
    String url = ofJvm ? null : variable("HTTPS_PROXY");
    return url == null ? bySelector(inet) : byEnvironment(url, inet);
  }

  private @Nullable ProxiedSocketAddress byEnvironment(String url, InetSocketAddress target)
      throws IOException {
    NoProxyHosts excluded = NoProxyHosts.parse(variable("NO_PROXY"));
    return excluded.excludes(target.getHostString(), target.getPort())
        ? null
        : ProxyUrl.parse("HTTPS_PROXY", url).to(target);
  }

  private @Nullable ProxiedSocketAddress bySelector(InetSocketAddress target) throws IOException {
    ProxySelector proxies = selector.get();
    if (proxies == null) {
      return null;
    }
    Proxy proxy = first(proxies.select(uri("https", target)));
    if (isSocksOfJvm(proxy)) {
      // For https the JVM's selector obeys http.nonProxyHosts, for sockets socksNonProxyHosts.
      proxy = first(proxies.select(uri("socket", target)));
    }
    if (!(proxy.address() instanceof InetSocketAddress address)) {
      return null;
    }
    return (proxy.type() == Proxy.Type.HTTP ? http(address) : socks(address)).to(target);
  }

  /** The others of the list are for connections that fail; a channel has one proxy. */
  private static Proxy first(@Nullable List<Proxy> selected) {
    return selected == null || selected.isEmpty() ? Proxy.NO_PROXY : selected.get(0);
  }

  private static boolean isSocksOfJvm(Proxy proxy) {
    return proxy.type() == Proxy.Type.SOCKS
        && proxy.address() instanceof InetSocketAddress address
        && address.getHostString().equals(System.getProperty(SOCKS_PROPERTY));
  }

  private static ProxyUrl http(InetSocketAddress proxy) {
    PasswordAuthentication login = Authenticator.requestPasswordAuthentication(
        proxy.getHostString(), proxy.getAddress(), proxy.getPort(), "https", "", null);
    return url(
        Protocol.HTTP,
        proxy,
        login == null ? null : login.getUserName(),
        login == null ? null : new String(login.getPassword()));
  }

  /** With the login that the JDK's own sockets use. Its user is not that of the system. */
  private static ProxyUrl socks(InetSocketAddress proxy) {
    PasswordAuthentication login = Authenticator.requestPasswordAuthentication(
        proxy.getHostString(),
        proxy.getAddress(),
        proxy.getPort(),
        "SOCKS5",
        "SOCKS authentication",
        null);
    String user =
        login == null ? System.getProperty("java.net.socks.username") : login.getUserName();
    if ("4".equals(System.getProperty("socksProxyVersion"))) {
      return url(Protocol.SOCKS4, proxy, user, null);
    }
    String password = login == null
        ? System.getProperty("java.net.socks.password")
        : new String(login.getPassword());
    return url(Protocol.SOCKS5, proxy, user, password);
  }

  private static ProxyUrl url(
      Protocol protocol,
      InetSocketAddress proxy,
      @Nullable String user,
      @Nullable String password) {
    return new ProxyUrl(protocol, proxy.getHostString(), proxy.getPort(), user, password);
  }

  private static URI uri(String scheme, InetSocketAddress target) throws IOException {
    String host = target.getHostString();
    try {
      // As an authority and not as a host, which may have no underscores; selectors look at both.
      boolean bare = host.indexOf(':') >= 0 && !host.startsWith("[");
      return new URI(
          scheme, (bare ? "[" + host + "]" : host) + ":" + target.getPort(), null, null, null);
    } catch (URISyntaxException e) {
      throw new IOException("the target's host cannot be written in a URL", e);
    }
  }

  private @Nullable String variable(String name) {
    String value = environment.apply(name);
    if (value == null || value.isBlank()) {
      value = environment.apply(name.toLowerCase(Locale.ROOT));
    }
    return value == null || value.isBlank() ? null : value.strip();
  }
}
