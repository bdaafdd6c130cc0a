// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import org.junit.jupiter.api.Test;

/**
 * Whatever happens to a channel, every call ends once, and no slot, stream, timer or retained byte
 * is lost. {@code -Dhistories=} runs that many, {@code -Dhistories.seed=} begins with that one.
 */
class ChannelHistoriesTest {
  private static final long FIRST = Long.getLong("histories.seed", 1);
  private static final long COUNT = Long.getLong("histories", 200);

  @Test
  void everyHistoryEndsEachCallOnceAndLosesNothing() {
    for (long seed = FIRST; seed < FIRST + COUNT; seed++) {
      ChannelHistory history = new ChannelHistory(seed);
      try {
        history.run();
      } catch (Throwable failure) {
        throw new AssertionError(
            "-Dhistories.seed=" + seed + " -Dhistories=1 replays this:\n" + history.log(), failure);
      }
    }
  }
}
