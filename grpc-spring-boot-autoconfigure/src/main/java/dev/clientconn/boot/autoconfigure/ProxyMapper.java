// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.autoconfigure.settings.ProxySettings;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.util.StringUtils;

/**
 * Applies the proxy of a target to its builder. Without configuration the builder's default
 * applies: the proxy of the JVM or of the environment.
 */
record ProxyMapper(TargetSettings settings, ClientConnBuilder builder) {

  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(?:http://)?(\\[[^]]+]|[^:/@\\[\\]]+):(\\d{1,5})/?");

  private static final int MAX_PORT = 65_535;

  void apply() {
    ProxySettings proxy = this.settings.values().getProxy();
    if (Boolean.FALSE.equals(proxy.getEnabled())) {
      this.builder.proxyDetector(server -> null);
    } else if (StringUtils.hasText(proxy.getAddress())) {
      this.builder.proxyDetector(configured(proxy, proxy.getAddress().strip()));
    } else if (this.settings.isOwn("proxy.username") || this.settings.isOwn("proxy.password")) {
      throw this.settings.invalidGroup(
          this.settings.isOwn("proxy.username") ? "proxy.username" : "proxy.password",
          "It has no effect without proxy.address. The proxy of the JVM or the environment has its"
              + " login there.");
    }
  }

  private ConfiguredProxy configured(ProxySettings proxy, String address) {
    Matcher parts = HOST_AND_PORT.matcher(address);
    if (!parts.matches() || !isPort(parts.group(2))) {
      throw this.settings.invalid("proxy.address", shown(address), reason(address));
    }
    if (proxy.getUsername() == null && proxy.getPassword() != null) {
      throw this.settings.invalid(
          "proxy.address", address, "Its proxy.password has no effect without proxy.username.");
    }
    return new ConfiguredProxy(
        parts.group(1),
        Integer.parseInt(parts.group(2)),
        this.settings.isOwn("proxy.address"),
        proxy.getUsername(),
        proxy.getPassword(),
        PropertyText.inline(this.settings.property("proxy.address")));
  }

  private static boolean isPort(String port) {
    int number = Integer.parseInt(port);
    return number >= 1 && number <= MAX_PORT;
  }

  /** Hides a login. */
  private static String shown(String address) {
    return address.replaceFirst("[^/]*@", "******@");
  }

  private static String reason(String address) {
    if (address.contains("@")) {
      return "Write host:port only, and the login by proxy.username and proxy.password.";
    }
    int scheme = address.indexOf("://");
    if (scheme >= 0 && !address.startsWith("http://")) {
      return "Only HTTP proxies are supported, not '%s'. TLS to the server goes through them."
          .formatted(address.substring(0, scheme));
    }
    return "It must be host:port, with a port between 1 and %d.".formatted(MAX_PORT);
  }
}
