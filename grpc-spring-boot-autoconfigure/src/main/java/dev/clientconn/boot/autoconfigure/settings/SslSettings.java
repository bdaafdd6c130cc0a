// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.settings;

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

  /**
   * What is verified of the certificate of the server. Without verification anyone on the network
   * path can read and change the calls, and each start logs a warning.
   */
  private @Nullable Verify verify;

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

  public @Nullable Verify getVerify() {
    return this.verify;
  }

  public void setVerify(@Nullable Verify verify) {
    this.verify = verify;
  }

  /** Lists what can be verified of the certificate of a server. */
  public enum Verify {

    /** The authority that has signed it, its time, and the name of the server. */
    FULL,

    /** Nothing. */
    NONE
  }
}
