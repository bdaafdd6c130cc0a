// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import dev.clientconn.ClientConn;
import dev.clientconn.internal.concurrent.CrossesThreads;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes one snapshot of a channel for all the meters that are read within one scrape, and notifies
 * the callback of it.
 */
@CrossesThreads
final class TotalsReader {

  /** Longer than a scrape spends between two meters of one target, shorter than anyone scrapes. */
  static final Duration FRESH = Duration.ofMillis(20);

  private final Supplier<TransportTotals> source;

  private final LongSupplier nanoClock;

  private final Consumer<TransportTotals> onRead;

  private volatile @Nullable Reading last;

  TotalsReader(
      Supplier<TransportTotals> source, LongSupplier nanoClock, Consumer<TransportTotals> onRead) {
    this.source = source;
    this.nanoClock = nanoClock;
    this.onRead = onRead;
  }

  static TransportTotals of(@Nullable ClientConn channel) {
    return channel == null ? TransportTotals.NONE : TransportTotals.of(channel.snapshot());
  }

  /**
   * The totals, at most {@link #FRESH} old. Two threads may both take a snapshot; that is cheaper
   * than a lock.
   */
  TransportTotals read() {
    Reading reading = this.last;
    long now = this.nanoClock.getAsLong();
    if (reading != null && now - reading.nanos < FRESH.toNanos()) {
      return reading.totals;
    }
    TransportTotals totals = this.source.get();
    this.last = new Reading(totals, now);
    this.onRead.accept(totals);
    return totals;
  }

  private record Reading(TransportTotals totals, long nanos) {}
}
