// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.settings;

import org.jspecify.annotations.Nullable;

/** Holds the HTTP proxy between this application and a server. */
public class ProxySettings {

  /**
   * Whether to use a proxy if the JVM, the environment or the address below has one. If not,
   * servers are connected to directly.
   */
  private @Nullable Boolean enabled;

  /**
   * Address host:port of an HTTP proxy, which is used in place of that of the JVM or the
   * environment.
   */
  private @Nullable String address;

  /** User at the proxy of the address. */
  private @Nullable String username;

  /** Password of the user at the proxy. */
  private @Nullable String password;

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
}
