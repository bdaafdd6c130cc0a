// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.transport.WaitCause;
import org.jspecify.annotations.Nullable;

/**
 * Holds how long one stream has waited for each cause, up to its present one. Created when the
 * stream first waits for more than one: most streams are sent in one turn and wait for the server
 * only.
 */
@EventLoopConfined
@SuppressWarnings("EnumOrdinal") // indexes figures of causes, which are never stored
final class StreamTimes {
  /** By the ordinal of the cause. */
  final long[] nanos = new long[WaitCause.values().length];

  /** What the stream waits for together with others; see {@link SharedWait#join}. */
  @Nullable
  SharedWait shared;

  long firstBefore;
  long secondBefore;

  /** The time of all phases that have ended. */
  long sum() {
    long sum = 0;
    for (long each : nanos) {
      sum += each;
    }
    return sum;
  }

  void add(WaitCause cause, long elapsed) {
    nanos[cause.ordinal()] += elapsed;
  }
}
