// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.settings;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationUnit;

/** Holds how connections are made. */
public class ConnectSettings {

  /**
   * Time limit of one connection attempt, including the TLS handshake and the HTTP/2 settings. If
   * a duration suffix is not specified, seconds will be used.
   */
  @DurationUnit(ChronoUnit.SECONDS)
  private @Nullable Duration timeout;

  /** When the channel connects. */
  private @Nullable ConnectMode mode;

  /**
   * Time that the start waits for a connection, if the mode is required. If a duration suffix is
   * not specified, seconds will be used.
   */
  @DurationUnit(ChronoUnit.SECONDS)
  private @Nullable Duration requiredTimeout;

  public @Nullable ConnectMode getMode() {
    return this.mode;
  }

  public void setMode(@Nullable ConnectMode mode) {
    this.mode = mode;
  }

  public @Nullable Duration getRequiredTimeout() {
    return this.requiredTimeout;
  }

  public void setRequiredTimeout(@Nullable Duration requiredTimeout) {
    this.requiredTimeout = requiredTimeout;
  }

  public @Nullable Duration getTimeout() {
    return this.timeout;
  }

  public void setTimeout(@Nullable Duration timeout) {
    this.timeout = timeout;
  }
}
