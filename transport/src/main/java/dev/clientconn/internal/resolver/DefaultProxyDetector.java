// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.resolver;

import dev.clientconn.internal.concurrent.ChannelLog;
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
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Finds the proxy that the JVM or the environment configures. {@code -Dhttps.proxyHost} goes first,
 * then {@code HTTPS_PROXY} with {@code NO_PROXY} (upper case first), then Java's {@link
 * ProxySelector}; the first that is set decides alone. Loopback addresses are never proxied. May
 * block: called during name resolution.
 */
public final class DefaultProxyDetector implements ProxyDetector {
  private static final Logger LOGGER = ChannelLog.LOGGER;
  private static final String PROPERTY = "https.proxyHost";

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
    try {
      String url = System.getProperty(PROPERTY) == null ? variable("HTTPS_PROXY") : null;
      return url == null ? bySelector(inet) : byEnvironment(url, inet);
    } catch (IOException e) {
      LOGGER.log(Level.WARNING, "No proxy for {0}: {1}", new Object[] {inet, e.getMessage()});
      throw e;
    }
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
    for (Proxy proxy : proxies.select(uri(target))) {
      if (proxy.type() == Proxy.Type.DIRECT) {
        return null;
      }
      if (proxy.type() == Proxy.Type.HTTP && proxy.address() instanceof InetSocketAddress inet) {
        PasswordAuthentication login = login(inet);
        String host = inet.getHostString();
        return (login == null
                ? new ProxyUrl(host, inet.getPort(), null, null)
                : new ProxyUrl(
                    host, inet.getPort(), login.getUserName(), new String(login.getPassword())))
            .to(target);
      }
    }
    return null;
  }

  private static URI uri(InetSocketAddress target) throws IOException {
    String host = target.getHostString();
    try {
      // As an authority and not as a host, which may have no underscores; selectors look at both.
      boolean bare = host.indexOf(':') >= 0 && !host.startsWith("[");
      return new URI(
          "https", (bare ? "[" + host + "]" : host) + ":" + target.getPort(), null, null, null);
    } catch (URISyntaxException e) {
      throw new IOException("the target's host cannot be written in a URL", e);
    }
  }

  private static @Nullable PasswordAuthentication login(InetSocketAddress proxy) {
    return Authenticator.requestPasswordAuthentication(
        proxy.getHostString(), proxy.getAddress(), proxy.getPort(), "https", "", null);
  }

  private @Nullable String variable(String name) {
    String value = environment.apply(name);
    if (value == null || value.isBlank()) {
      value = environment.apply(name.toLowerCase(Locale.ROOT));
    }
    return value == null || value.isBlank() ? null : value.strip();
  }
}
