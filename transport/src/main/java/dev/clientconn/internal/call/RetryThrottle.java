// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.serviceconfig.RetryThrottling;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the tokens that failures take and successes return, and stops retries and hedges of all
 * calls of a channel while half of the tokens or fewer are left (gRFC A6, "Throttling Retry
 * Attempts and Hedged RPCs").
 */
@CrossesThreads
public final class RetryThrottle {
  /** One token: the counter has the precision of the ratio, three decimal places. */
  private static final int TOKEN = 1000;

  private final RetryThrottling settings;
  private final AtomicInteger thousandths;

  public RetryThrottle(RetryThrottling settings) {
    this.settings = settings;
    this.thousandths = new AtomicInteger(settings.maxThousandths());
  }

  public RetryThrottling settings() {
    return settings;
  }

  /**
   * Takes a token for an attempt that failed with a retryable or non-fatal status, or whose server
   * asked for no further attempt. Not for transparent retries: the server did not see them.
   *
   * @return whether the call must not start another attempt
   */
  boolean onFailure() {
    int left = thousandths.updateAndGet(before -> Math.max(before - TOKEN, 0));
    return isThrottled(left);
  }

  /** Adds the ratio for an attempt that a server has responded to. */
  void onSuccess() {
    // Nearly always full: then a read, so that event loops do not contend for one cache line.
    if (thousandths.get() < settings.maxThousandths()) {
      thousandths.updateAndGet(
          before -> Math.min(before + settings.ratioThousandths(), settings.maxThousandths()));
    }
  }

  /** Whether no retry and no further hedge may start. */
  boolean isThrottled() {
    return isThrottled(thousandths.get());
  }

  private boolean isThrottled(int left) {
    return left <= settings.maxThousandths() / 2;
  }

  @Override
  public String toString() {
    double all = settings.maxThousandths();
    return thousandths.get() / (double) TOKEN + " of " + all / TOKEN + " tokens";
  }
}
