// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.settings;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationUnit;

/** Holds how many connections there are, and how long each is used. */
public class ConnectionsSettings {

  /**
   * Number of connections to one address. Another one is made when a call finds no free stream slot
   * because the server limits the streams of a connection.
   */
  private @Nullable Integer max;

  /**
   * Time without a call after which a connection beside another one to the same address is closed,
   * 1 second or more. If a duration suffix is not specified, seconds will be used.
   */
  @DurationUnit(ChronoUnit.SECONDS)
  private @Nullable Duration idleTimeout;

  /**
   * Age at which a connection is replaced by another one to the same server, plus or minus 10 %, 1
   * second or more. No limit if it is 0 or not set. If a duration suffix is not specified, seconds
   * will be used.
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

  public @Nullable Integer getMax() {
    return this.max;
  }

  public void setMax(@Nullable Integer max) {
    this.max = max;
  }

  public @Nullable Duration getIdleTimeout() {
    return this.idleTimeout;
  }

  public void setIdleTimeout(@Nullable Duration idleTimeout) {
    this.idleTimeout = idleTimeout;
  }

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
