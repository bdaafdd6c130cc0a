// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.ProxiedSocketAddress;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Identifies a server that is reached through a proxy: an HTTP proxy, with or without TLS to the
 * proxy itself, or a SOCKS proxy. A {@code ProxyDetector} may return it; for HTTP proxies without
 * TLS it may also return an {@link HttpConnectProxiedSocketAddress}, which says the same. A proxy
 * detector may return the address for each resolution anew: equal addresses are the same server.
 * Immutable. Its text has neither the password nor the user.
 */
public final class TunnelAddress extends ProxiedSocketAddress {
  private static final long serialVersionUID = 1L;

  /** RFC 1928 and RFC 1929 write these lengths in one byte. */
  private static final int MAX_SOCKS_TEXT = 255;

  /** Lists the protocols that ask a proxy to connect to a server. */
  public enum Protocol {

    /** {@code CONNECT} of HTTP (RFC 9110 section 9.3.6). */
    HTTP,

    /** {@code CONNECT} of HTTP, over TLS to the proxy. */
    HTTPS,

    /** SOCKS version 4, and 4a where the target is not resolved. It has a user, but no password. */
    SOCKS4,

    /** SOCKS version 5 (RFC 1928), with a user and a password (RFC 1929) or without. */
    SOCKS5
  }

  /** The protocol of the proxy. */
  private final Protocol protocol;

  /** Where the proxy is. */
  private final SocketAddress proxy;

  /** What the proxy connects to. */
  private final InetSocketAddress target;

  /** The user at the proxy, or null. */
  private final @Nullable String user;

  /** The password at the proxy, or null. */
  private final @Nullable String password;

  /** The further headers of {@code CONNECT}. */
  @SuppressWarnings("serial")
  private final Map<String, String> headers;

  /** The context for TLS to the proxy, or null for the JVM's trust store. */
  @SuppressWarnings("serial")
  private final @Nullable Supplier<SslContext> tls;

  private TunnelAddress(
      Protocol protocol,
      SocketAddress proxy,
      InetSocketAddress target,
      @Nullable String user,
      @Nullable String password,
      Map<String, String> headers,
      @Nullable Supplier<SslContext> tls) {
    this.protocol = protocol;
    this.proxy = proxy;
    this.target = target;
    this.user = user;
    this.password = password;
    this.headers = headers;
    this.tls = tls;
  }

  /**
   * Describes a server behind a proxy that demands no login. With {@link Protocol#HTTPS} the
   * proxy's certificate must be for the host of its address, and its authority must be in the JVM's
   * trust store, which this method reads the first time.
   *
   * @param protocol what the proxy speaks
   * @param proxy the proxy's address, resolved; for {@code HTTPS} with the host that its
   *     certificate is verified against
   * @param target the server's address; the proxy resolves one that is not resolved
   * @return the address
   * @throws IllegalArgumentException if the proxy is not resolved, or cannot be asked for this
   *     target in this protocol
   */
  public static TunnelAddress through(
      Protocol protocol, SocketAddress proxy, InetSocketAddress target) {
    if (proxy instanceof InetSocketAddress inet
        ? inet.isUnresolved()
        : protocol == Protocol.HTTPS) {
      throw new IllegalArgumentException("The proxy's address must be resolved"
          + (protocol == Protocol.HTTPS ? ", with a host and a port: " : ": ") + proxy);
    }
    String host = target.getHostString();
    if (isSocks(protocol)) {
      checkLength("host of the target", host);
    }
    if (protocol == Protocol.SOCKS4
        && (target.getAddress() instanceof Inet6Address || host.indexOf(':') >= 0)) {
      throw new IllegalArgumentException("SOCKS4 has no IPv6 addresses, such as "
          + authority(target) + ": use SOCKS5, or the name of the server");
    }
    if (protocol == Protocol.SOCKS4 && host.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("The host of the target must not contain NUL");
    }
    return new TunnelAddress(
        protocol,
        proxy,
        target,
        null,
        null,
        Map.of(),
        protocol == Protocol.HTTPS ? DefaultTls.CONTEXT : null);
  }

  /**
   * Returns the address as one of this class.
   *
   * @param address of a server
   * @return {@code null} if it is of another type than this and
   *     {@link HttpConnectProxiedSocketAddress}
   */
  public static @Nullable TunnelAddress of(SocketAddress address) {
    if (address instanceof HttpConnectProxiedSocketAddress http) {
      return new TunnelAddress(
          Protocol.HTTP,
          http.getProxyAddress(),
          http.getTargetAddress(),
          http.getUsername(),
          http.getPassword(),
          http.getHeaders(),
          null);
    }
    return address instanceof TunnelAddress tunnel ? tunnel : null;
  }

  /**
   * Adds the login at the proxy.
   *
   * @param newUser the user; at most 255 bytes of UTF-8 for SOCKS, and not empty for SOCKS5
   * @param newPassword the password, at most 255 bytes of UTF-8 for SOCKS5; {@code null} for SOCKS4
   * @return an address with the login
   * @throws IllegalArgumentException if the protocol cannot transport the login
   */
  public TunnelAddress withLogin(String newUser, @Nullable String newPassword) {
    if (isSocks(protocol)) {
      checkLength("user of the proxy", newUser);
      checkLength("password of the proxy", newPassword == null ? "" : newPassword);
    }
    if (protocol == Protocol.SOCKS5 && newUser.isEmpty()) {
      throw new IllegalArgumentException("The user of a SOCKS5 proxy must not be empty");
    }
    if (protocol == Protocol.SOCKS4 && newPassword != null) {
      throw new IllegalArgumentException("SOCKS4 has no passwords: use SOCKS5, or the user alone");
    }
    if (protocol == Protocol.SOCKS4 && newUser.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("The user of a SOCKS4 proxy must not contain NUL");
    }
    return new TunnelAddress(protocol, proxy, target, newUser, newPassword, headers, tls);
  }

  /**
   * Replaces the headers that are sent with {@code CONNECT}, besides {@code host} and {@code
   * proxy-authorization}. A header that HTTP does not allow fails the connection attempt.
   *
   * @param newHeaders values by name; empty for SOCKS
   * @return an address with the headers
   * @throws IllegalArgumentException if the protocol has no headers
   */
  public TunnelAddress withHeaders(Map<String, String> newHeaders) {
    if (isSocks(protocol) && !newHeaders.isEmpty()) {
      throw new IllegalArgumentException(protocol + " has no headers");
    }
    return new TunnelAddress(protocol, proxy, target, user, password, Map.copyOf(newHeaders), tls);
  }

  /**
   * Replaces the certificates and keys for TLS to the proxy. The proxy's certificate must be for
   * the host of the proxy's address in any case.
   *
   * @param newTls returns the context for each new connection, on its event loop, so that it must
   *     not block; a context for clients that offers {@code http/1.1} by ALPN, or no protocol.
   *     Addresses with different suppliers are not equal
   * @return an address with the supplier
   * @throws IllegalArgumentException if the protocol is not {@link Protocol#HTTPS}
   */
  public TunnelAddress withTls(Supplier<SslContext> newTls) {
    if (protocol != Protocol.HTTPS) {
      throw new IllegalArgumentException("There is no TLS to a proxy of protocol " + protocol);
    }
    return new TunnelAddress(
        protocol, proxy, target, user, password, headers, requireNonNull(newTls));
  }

  /**
   * Returns what the proxy speaks.
   *
   * @return the protocol
   */
  public Protocol protocol() {
    return protocol;
  }

  /**
   * Returns the address of the proxy.
   *
   * @return the address, resolved
   */
  public SocketAddress proxy() {
    return proxy;
  }

  /**
   * Returns the address of the server.
   *
   * @return the address, resolved or not
   */
  public InetSocketAddress target() {
    return target;
  }

  /**
   * Returns the server as an authority.
   *
   * @return {@code host:port}, an IPv6 address in brackets
   */
  public String authority() {
    return authority(target);
  }

  /**
   * Returns the user at the proxy.
   *
   * @return {@code null} if there is no login
   */
  public @Nullable String user() {
    return user;
  }

  /**
   * Returns the password of the user.
   *
   * @return {@code null} if there is none
   */
  public @Nullable String password() {
    return password;
  }

  /**
   * Returns the additional headers of {@code CONNECT}.
   *
   * @return values by name, unmodifiable
   */
  public Map<String, String> headers() {
    return headers;
  }

  /**
   * Returns what supplies the context for TLS to the proxy.
   *
   * @return {@code null} if the protocol is not {@link Protocol#HTTPS}
   */
  public @Nullable Supplier<SslContext> tls() {
    return tls;
  }

  private static boolean isSocks(Protocol protocol) {
    return protocol == Protocol.SOCKS4 || protocol == Protocol.SOCKS5;
  }

  /** The message has no value, which may be secret. */
  private static void checkLength(String what, String value) {
    if (value.getBytes(UTF_8).length > MAX_SOCKS_TEXT) {
      throw new IllegalArgumentException(
          "The " + what + " is longer than " + MAX_SOCKS_TEXT + " bytes, which SOCKS cannot send");
    }
  }

  private static String authority(InetSocketAddress address) {
    String host = address.getHostString();
    boolean bare = host.indexOf(':') >= 0 && !host.startsWith("[");
    return (bare ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TunnelAddress that
        && protocol == that.protocol
        && proxy.equals(that.proxy)
        && target.equals(that.target)
        && Objects.equals(user, that.user)
        && Objects.equals(password, that.password)
        && headers.equals(that.headers)
        && Objects.equals(tls, that.tls);
  }

  @Override
  public int hashCode() {
    return Objects.hash(protocol, proxy, target, user);
  }

  @Override
  public String toString() {
    return authority() + " through the " + protocol + " proxy " + proxy;
  }

  /** TLS with the JVM's trust store, read when the first address needs it. */
  private static final class DefaultTls {
    static final Supplier<SslContext> CONTEXT = load();

    private static Supplier<SslContext> load() {
      try {
        SslContext context = SslContextBuilder.forClient()
            .applicationProtocolConfig(new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                ApplicationProtocolNames.HTTP_1_1))
            .build();
        return () -> context;
      } catch (SSLException e) {
        return () -> {
          throw new IllegalStateException(
              "The JVM's trust store cannot be used for TLS to a proxy: " + e.getMessage(), e);
        };
      }
    }
  }
}
