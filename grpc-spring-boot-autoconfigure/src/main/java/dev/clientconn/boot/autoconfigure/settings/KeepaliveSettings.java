// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.settings;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationUnit;

/** Holds the pings that detect broken connections. */
public class KeepaliveSettings {

  /**
   * Whether to send pings. If it is not set, they are sent if a time is set.
   */
  private @Nullable Boolean enabled;

  /**
   * Time without received data after which a ping is sent, 10 seconds or more; 5 minutes if pings
   * are enabled without a time. Many servers accept a ping every five minutes only. If a duration
   * suffix is not specified, seconds will be used.
   */
  @DurationUnit(ChronoUnit.SECONDS)
  private @Nullable Duration time;

  /**
   * Time to wait for the response to a ping before the connection is closed. If a duration
   * suffix is not specified, seconds will be used.
   */
  @DurationUnit(ChronoUnit.SECONDS)
  private @Nullable Duration timeout;

  /** Whether to send pings while there are no calls. */
  private @Nullable Boolean withoutCalls;

  public @Nullable Boolean getEnabled() {
    return this.enabled;
  }

  public void setEnabled(@Nullable Boolean enabled) {
    this.enabled = enabled;
  }

  public @Nullable Duration getTime() {
    return this.time;
  }

  public void setTime(@Nullable Duration time) {
    this.time = time;
  }

  public @Nullable Duration getTimeout() {
    return this.timeout;
  }

  public void setTimeout(@Nullable Duration timeout) {
    this.timeout = timeout;
  }

  public @Nullable Boolean getWithoutCalls() {
    return this.withoutCalls;
  }

  public void setWithoutCalls(@Nullable Boolean withoutCalls) {
    this.withoutCalls = withoutCalls;
  }
}
