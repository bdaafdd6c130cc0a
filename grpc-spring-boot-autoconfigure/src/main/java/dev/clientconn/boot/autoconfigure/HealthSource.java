// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.autoconfigure.settings.HealthSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

/**
 * Finds what the health of a target needs beside its channel: its settings, as they are after the
 * last refresh, and the SSL bundle that new connections use.
 */
public final class HealthSource {

  /** The time before the end of a certificate from which on the health warns of it, by default. */
  public static final Duration CERTIFICATE_THRESHOLD = Duration.ofDays(14);

  private final InheritedSettings settings;

  private final TlsConfigurer tls;

  HealthSource(InheritedSettings settings, TlsConfigurer tls) {
    this.settings = settings;
    this.tls = tls;
  }

  /**
   * Returns the settings of a target. An address, or a channel that the application has built, has
   * those of the defaults.
   *
   * @param target the name of the target
   * @return the settings; a value that nothing sets is null
   */
  public HealthSettings settings(String target) {
    return this.settings.health(target);
  }

  /**
   * Returns the SSL bundle that new connections of a target use.
   *
   * @param target the name of the target
   * @return null if the target has none, or if its channel is not one of this starter
   */
  public @Nullable SslBundle bundle(String target) {
    return this.tls.inUse(target);
  }
}
