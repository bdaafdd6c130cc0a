// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.transport.CauseTimes;
import dev.clientconn.transport.WaitCause;
import org.jspecify.annotations.Nullable;

/**
 * Holds how long one stream has waited for each cause, up to its present one. Created when the
 * stream first waits for more than one: most streams are sent in one turn and wait for the server
 * only.
 */
@EventLoopConfined
final class StreamTimes {
  private long[] nanos = CauseTimes.create();

  /** What the stream waits for together with others; see {@link SharedWait#join}. */
  @Nullable
  SharedWait shared;

  long firstBefore;
  long secondBefore;

  /** The time of each cause in phases that have ended; see {@link CauseTimes}. */
  long[] nanos() {
    return nanos;
  }

  /** The time of all phases that have ended. */
  long sum() {
    return CauseTimes.sum(nanos);
  }

  void add(WaitCause cause, long elapsed) {
    nanos = CauseTimes.add(nanos, cause, elapsed);
  }
}
