// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.settings;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationUnit;

/** Holds how the health of a target is reported. */
public class HealthSettings {

  /** Whether the target is part of the health of the application. */
  private @Nullable Boolean enabled;

  /** Status while the channel has no connection because it needs none. */
  private @Nullable HealthStatus idle;

  /** Status while the channel makes its first connection. */
  private @Nullable HealthStatus connecting;

  /** Status while no server of the target can be reached. */
  private @Nullable HealthStatus failure;

  /** Whether a health check makes a channel connect that has no connection. */
  private @Nullable Boolean connect;

  /**
   * Time before the end of a certificate from which on the health warns of it. If a duration suffix
   * is not specified, seconds will be used.
   */
  @DurationUnit(ChronoUnit.SECONDS)
  private @Nullable Duration certificateThreshold;

  public @Nullable Boolean getEnabled() {
    return this.enabled;
  }

  public void setEnabled(@Nullable Boolean enabled) {
    this.enabled = enabled;
  }

  public @Nullable HealthStatus getIdle() {
    return this.idle;
  }

  public void setIdle(@Nullable HealthStatus idle) {
    this.idle = idle;
  }

  public @Nullable HealthStatus getConnecting() {
    return this.connecting;
  }

  public void setConnecting(@Nullable HealthStatus connecting) {
    this.connecting = connecting;
  }

  public @Nullable HealthStatus getFailure() {
    return this.failure;
  }

  public void setFailure(@Nullable HealthStatus failure) {
    this.failure = failure;
  }

  public @Nullable Boolean getConnect() {
    return this.connect;
  }

  public void setConnect(@Nullable Boolean connect) {
    this.connect = connect;
  }

  public @Nullable Duration getCertificateThreshold() {
    return this.certificateThreshold;
  }

  public void setCertificateThreshold(@Nullable Duration certificateThreshold) {
    this.certificateThreshold = certificateThreshold;
  }
}
