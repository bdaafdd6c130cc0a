// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import dev.clientconn.ClientConn;
import dev.clientconn.internal.concurrent.CrossesThreads;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Caches the totals of a channel for a moment, so that one scrape takes one snapshot. */
@CrossesThreads
final class TotalsCache {

  /** Longer than the time between two meters of a scrape, shorter than any scrape interval. */
  static final Duration FRESH = Duration.ofMillis(20);

  private final Supplier<TransportTotals> source;

  private final LongSupplier nanoClock;

  private volatile @Nullable Reading last;

  TotalsCache(Supplier<TransportTotals> source, LongSupplier nanoClock) {
    this.source = source;
    this.nanoClock = nanoClock;
  }

  static TransportTotals of(@Nullable ClientConn channel) {
    return channel == null ? TransportTotals.NONE : TransportTotals.of(channel.snapshot());
  }

  /**
   * Returns totals that are at most {@link #FRESH} old. Two threads may both take a snapshot; that
   * is cheaper than a lock.
   */
  TransportTotals get() {
    Reading reading = this.last;
    long now = this.nanoClock.getAsLong();
    if (reading != null && now - reading.nanos < FRESH.toNanos()) {
      return reading.totals;
    }
    TransportTotals totals = this.source.get();
    this.last = new Reading(totals, now);
    return totals;
  }

  private record Reading(TransportTotals totals, long nanos) {}
}
