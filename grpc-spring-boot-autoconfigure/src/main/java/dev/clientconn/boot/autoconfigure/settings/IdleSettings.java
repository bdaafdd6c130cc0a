// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.settings;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationUnit;

/** Holds when connections of a channel without calls are closed. */
public class IdleSettings {

  /**
   * Time without calls after which the connections are closed. The next call connects again. If a
   * duration suffix is not specified, seconds will be used.
   */
  @DurationUnit(ChronoUnit.SECONDS)
  private @Nullable Duration timeout;

  public @Nullable Duration getTimeout() {
    return this.timeout;
  }

  public void setTimeout(@Nullable Duration timeout) {
    this.timeout = timeout;
  }
}
