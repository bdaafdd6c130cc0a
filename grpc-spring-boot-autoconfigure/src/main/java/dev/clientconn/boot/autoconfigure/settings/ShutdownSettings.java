// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.settings;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationUnit;

/** Holds what happens to calls when the application stops. */
public class ShutdownSettings {

  /**
   * Time that calls in flight have to complete when the application stops. Zero cancels them at
   * once, a negative value waits without limit. If a duration suffix is not specified, seconds
   * will be used.
   */
  @DurationUnit(ChronoUnit.SECONDS)
  private @Nullable Duration gracePeriod;

  public @Nullable Duration getGracePeriod() {
    return this.gracePeriod;
  }

  public void setGracePeriod(@Nullable Duration gracePeriod) {
    this.gracePeriod = gracePeriod;
  }
}
