// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.settings;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationUnit;

/** Holds how often the addresses of a target are looked up. */
public class DnsSettings {

  /**
   * Interval at which the addresses are looked up again, plus or minus 10 %. If it is 0 or not set,
   * they are looked up when a connection is lost. If a duration suffix is not specified, seconds
   * will be used.
   */
  @DurationUnit(ChronoUnit.SECONDS)
  private @Nullable Duration refreshInterval;

  /**
   * Least time between two look-ups. None if it is 0 or not set. If a duration suffix is not
   * specified, seconds will be used.
   */
  @DurationUnit(ChronoUnit.SECONDS)
  private @Nullable Duration minRefreshInterval;

  public @Nullable Duration getRefreshInterval() {
    return this.refreshInterval;
  }

  public void setRefreshInterval(@Nullable Duration refreshInterval) {
    this.refreshInterval = refreshInterval;
  }

  public @Nullable Duration getMinRefreshInterval() {
    return this.minRefreshInterval;
  }

  public void setMinRefreshInterval(@Nullable Duration minRefreshInterval) {
    this.minRefreshInterval = minRefreshInterval;
  }
}
