// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationUnit;

/** Holds how long connections are used. */
public class ConnectionsSettings {

  /**
   * Age at which a connection is replaced by another one to the same server, plus or minus 10 %, 1
   * second or more. No limit if it is not set. If a duration suffix is not specified, seconds will
   * be used.
   */
  @DurationUnit(ChronoUnit.SECONDS)
  private @Nullable Duration maxAge;

  /**
   * Time that the calls of a connection have to complete after it was replaced, because of its age
   * or because its certificates have changed. If a duration suffix is not specified, seconds will
   * be used.
   */
  @DurationUnit(ChronoUnit.SECONDS)
  private @Nullable Duration maxAgeGrace;

  public @Nullable Duration getMaxAge() {
    return this.maxAge;
  }

  public void setMaxAge(@Nullable Duration maxAge) {
    this.maxAge = maxAge;
  }

  public @Nullable Duration getMaxAgeGrace() {
    return this.maxAgeGrace;
  }

  public void setMaxAgeGrace(@Nullable Duration maxAgeGrace) {
    this.maxAgeGrace = maxAgeGrace;
  }
}
