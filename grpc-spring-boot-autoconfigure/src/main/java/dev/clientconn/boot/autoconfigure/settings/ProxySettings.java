// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.settings;

import org.jspecify.annotations.Nullable;

/** Holds the proxy between this application and a server. */
public class ProxySettings {

  /**
   * Whether to use a proxy if the JVM, the environment or the address below has one. If not,
   * servers are connected to directly.
   */
  private @Nullable Boolean enabled;

  /**
   * Address [scheme://]host:port of a proxy, which is used in place of that of the JVM or the
   * environment. The scheme is http, https (TLS to the proxy), socks4 or socks5.
   */
  private @Nullable String address;

  /** User at the proxy of the address. */
  private @Nullable String username;

  /** Password of the user at the proxy. */
  private @Nullable String password;

  private final Ssl ssl = new Ssl();

  public @Nullable Boolean getEnabled() {
    return this.enabled;
  }

  public void setEnabled(@Nullable Boolean enabled) {
    this.enabled = enabled;
  }

  public @Nullable String getAddress() {
    return this.address;
  }

  public void setAddress(@Nullable String address) {
    this.address = address;
  }

  public @Nullable String getUsername() {
    return this.username;
  }

  public void setUsername(@Nullable String username) {
    this.username = username;
  }

  public @Nullable String getPassword() {
    return this.password;
  }

  public void setPassword(@Nullable String password) {
    this.password = password;
  }

  public Ssl getSsl() {
    return this.ssl;
  }

  /** Holds how TLS to the proxy itself is verified. */
  public static class Ssl {

    /**
     * Name of the SSL bundle with the certificates and keys for TLS to an https proxy. Without one
     * the certificate authorities of the JVM are trusted.
     */
    private @Nullable String bundle;

    public @Nullable String getBundle() {
      return this.bundle;
    }

    public void setBundle(@Nullable String bundle) {
      this.bundle = bundle;
    }
  }
}
