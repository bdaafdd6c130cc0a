// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import org.jspecify.annotations.Nullable;

/** Holds how a target is authenticated and calls to it are encrypted. */
public class SslSettings {

  /**
   * Whether to use TLS. Required for every target that is not on this machine, unless a bundle is
   * set.
   */
  private @Nullable Boolean enabled;

  /** Name of the SSL bundle with the certificates and keys. Implies TLS. */
  private @Nullable String bundle;

  public @Nullable Boolean getEnabled() {
    return this.enabled;
  }

  public void setEnabled(@Nullable Boolean enabled) {
    this.enabled = enabled;
  }

  public @Nullable String getBundle() {
    return this.bundle;
  }

  public void setBundle(@Nullable String bundle) {
    this.bundle = bundle;
  }
}
