// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static java.util.Objects.requireNonNull;

import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.autoconfigure.settings.ProxySettings;
import dev.clientconn.transport.TunnelAddress.Protocol;
import io.netty.handler.ssl.SslContext;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

/**
 * Applies the proxy of a target to its builder. Without configuration the builder's default
 * applies: the proxy of the JVM or of the environment.
 */
record ProxyMapper(TargetSettings settings, ClientConnBuilder builder, TlsConfigurer tls) {

  private static final Pattern ADDRESS =
      Pattern.compile("(?:([^:/@]+)://)?(\\[[^]]+]|[[^\\p{ASCII}]\\w.-]+):(\\d{1,5})/?");

  private static final Map<String, Protocol> SCHEMES = Map.of(
      "http", Protocol.HTTP,
      "https", Protocol.HTTPS,
      "socks", Protocol.SOCKS5,
      "socks5", Protocol.SOCKS5,
      "socks5h", Protocol.SOCKS5,
      "socks4", Protocol.SOCKS4,
      "socks4a", Protocol.SOCKS4);

  private static final int MAX_PORT = 65_535;

  /** RFC 1929 writes these lengths in one byte. */
  private static final int MAX_SOCKS_LOGIN = 255;

  void apply() {
    ProxySettings proxy = this.settings.values().getProxy();
    if (Boolean.FALSE.equals(proxy.getEnabled())) {
      this.builder.proxyDetector(server -> null);
    } else if (StringUtils.hasText(proxy.getAddress())) {
      this.builder.proxyDetector(configured(proxy, proxy.getAddress().strip()));
    } else {
      for (String key : new String[] {"proxy.username", "proxy.password", "proxy.ssl.bundle"}) {
        if (this.settings.isOwn(key)) {
          throw this.settings.invalidGroup(
              key,
              "It has no effect without proxy.address. The proxy of the JVM or the environment has"
                  + " its login there.");
        }
      }
    }
  }

  ConfiguredProxy configured(ProxySettings proxy, String address) {
    Matcher parts = ADDRESS.matcher(address);
    Protocol protocol = SCHEMES.get(scheme(address));
    if (address.contains("@")) {
      throw InvalidProxyException.ofLogin(this.settings);
    }
    if (protocol == null || !parts.matches() || !isPort(parts.group(3))) {
      throw this.settings.invalid("proxy.address", address, reason(address));
    }
    checkLogin(protocol, proxy, address);
    return new ConfiguredProxy(
        protocol,
        parts.group(2),
        Integer.parseInt(parts.group(3)),
        this.settings.isOwn("proxy.address"),
        proxy.getUsername(),
        proxy.getPassword(),
        certificates(protocol, proxy),
        PropertyText.inline(this.settings.property("proxy.address")));
  }

  private void checkLogin(Protocol protocol, ProxySettings proxy, String address) {
    if (proxy.getUsername() == null && proxy.getPassword() != null) {
      throw this.settings.invalid(
          "proxy.address", address, "Its proxy.password has no effect without proxy.username.");
    }
    if (protocol == Protocol.SOCKS4 && proxy.getPassword() != null) {
      throw this.settings.invalid(
          "proxy.address",
          address,
          "SOCKS4 has no passwords: use socks5, or remove proxy.password.");
    }
    boolean socks = protocol == Protocol.SOCKS4 || protocol == Protocol.SOCKS5;
    if (socks && (isTooLong(proxy.getUsername()) || isTooLong(proxy.getPassword()))) {
      throw this.settings.invalid(
          "proxy.address",
          address,
          "Its proxy.username or proxy.password is longer than %d bytes, which SOCKS cannot send."
              .formatted(MAX_SOCKS_LOGIN));
    }
    if (protocol == Protocol.SOCKS5 && "".equals(proxy.getUsername())) {
      throw this.settings.invalid(
          "proxy.address", address, "Its proxy.username is empty, which SOCKS5 does not allow.");
    }
  }

  private static boolean isTooLong(@Nullable String login) {
    return Objects.toString(login, "").getBytes(StandardCharsets.UTF_8).length > MAX_SOCKS_LOGIN;
  }

  private @Nullable Supplier<SslContext> certificates(Protocol protocol, ProxySettings proxy) {
    String bundle = proxy.getSsl().getBundle();
    if (!StringUtils.hasText(bundle)) {
      return null;
    }
    if (protocol != Protocol.HTTPS) {
      throw this.settings.invalid(
          "proxy.ssl.bundle",
          bundle,
          "It has no effect: TLS to the proxy needs a proxy.address that begins with https://.");
    }
    return this.tls.ofProxy(this.settings, requireNonNull(bundle));
  }

  private static boolean isPort(String port) {
    int number = Integer.parseInt(port);
    return number >= 1 && number <= MAX_PORT;
  }

  private static String scheme(String address) {
    int end = address.indexOf("://");
    return end < 0 ? "http" : address.substring(0, end).toLowerCase(Locale.ROOT);
  }

  private static String reason(String address) {
    return SCHEMES.containsKey(scheme(address))
        ? "It must be host:port, with a port between 1 and %d, and perhaps a scheme in front."
            .formatted(MAX_PORT)
        : "The scheme '%s' of the proxy is not supported: use http, https, socks4 or socks5."
            .formatted(address.substring(0, address.indexOf("://")));
  }
}
