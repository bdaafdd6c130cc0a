// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.settings;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationUnit;

/** Holds the values of a retry policy (gRFC A6), of all methods or of some. */
public class RetryPolicySettings {

  /**
   * Number of attempts of a call, the first one included. Calls are not retried if it is 1 or not
   * set.
   */
  private @Nullable Integer maxAttempts;

  /**
   * Time before the second attempt, plus or minus 20 %. If a duration suffix is not specified,
   * seconds will be used.
   */
  @DurationUnit(ChronoUnit.SECONDS)
  private @Nullable Duration initialBackoff;

  /**
   * Longest time before an attempt, plus or minus 20 %. If a duration suffix is not specified,
   * seconds will be used.
   */
  @DurationUnit(ChronoUnit.SECONDS)
  private @Nullable Duration maxBackoff;

  /** Factor by which the time before an attempt grows from attempt to attempt. */
  private @Nullable Double multiplier;

  /** Comma-separated list of the status codes after which a call is retried. */
  private @Nullable List<String> codes;

  public @Nullable Integer getMaxAttempts() {
    return this.maxAttempts;
  }

  public void setMaxAttempts(@Nullable Integer maxAttempts) {
    this.maxAttempts = maxAttempts;
  }

  public @Nullable Duration getInitialBackoff() {
    return this.initialBackoff;
  }

  public void setInitialBackoff(@Nullable Duration initialBackoff) {
    this.initialBackoff = initialBackoff;
  }

  public @Nullable Duration getMaxBackoff() {
    return this.maxBackoff;
  }

  public void setMaxBackoff(@Nullable Duration maxBackoff) {
    this.maxBackoff = maxBackoff;
  }

  public @Nullable Double getMultiplier() {
    return this.multiplier;
  }

  public void setMultiplier(@Nullable Double multiplier) {
    this.multiplier = multiplier;
  }

  public @Nullable List<String> getCodes() {
    return this.codes;
  }

  public void setCodes(@Nullable List<String> codes) {
    this.codes = codes;
  }
}
