// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.settings;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationUnit;

/** Holds the values of a hedging policy (gRFC A6), of all methods or of some. */
public class HedgingPolicySettings {

  /**
   * Number of attempts of a call, the first one included. Calls are not hedged if it is 1 or not
   * set.
   */
  private @Nullable Integer maxAttempts;

  /**
   * Time without a response after which the next attempt starts. Zero starts all at once. If a
   * duration suffix is not specified, seconds will be used.
   */
  @DurationUnit(ChronoUnit.SECONDS)
  private @Nullable Duration delay;

  /**
   * Comma-separated list of the status codes after which other attempts go on. Any other status
   * ends the call.
   */
  private @Nullable List<String> nonFatalCodes;

  public @Nullable Integer getMaxAttempts() {
    return this.maxAttempts;
  }

  public void setMaxAttempts(@Nullable Integer maxAttempts) {
    this.maxAttempts = maxAttempts;
  }

  public @Nullable Duration getDelay() {
    return this.delay;
  }

  public void setDelay(@Nullable Duration delay) {
    this.delay = delay;
  }

  public @Nullable List<String> getNonFatalCodes() {
    return this.nonFatalCodes;
  }

  public void setNonFatalCodes(@Nullable List<String> nonFatalCodes) {
    this.nonFatalCodes = nonFatalCodes;
  }
}
