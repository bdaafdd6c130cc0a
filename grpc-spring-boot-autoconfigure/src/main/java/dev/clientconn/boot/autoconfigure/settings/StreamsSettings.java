// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.settings;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationUnit;

/** Holds the limits of calls that wait for a stream slot. */
public class StreamsSettings {

  /** Number of calls that may wait for a stream slot of one address. Further calls fail. */
  private @Nullable Integer maxPending;

  /**
   * Time that a call waits for a stream slot before it fails. Until the deadline of the call if
   * it is 0 or not set. If a duration suffix is not specified, seconds will be used.
   */
  @DurationUnit(ChronoUnit.SECONDS)
  private @Nullable Duration pendingTimeout;

  public @Nullable Duration getPendingTimeout() {
    return this.pendingTimeout;
  }

  public void setPendingTimeout(@Nullable Duration pendingTimeout) {
    this.pendingTimeout = pendingTimeout;
  }

  public @Nullable Integer getMaxPending() {
    return this.maxPending;
  }

  public void setMaxPending(@Nullable Integer maxPending) {
    this.maxPending = maxPending;
  }
}
