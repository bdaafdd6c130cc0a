// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import dev.clientconn.internal.concurrent.CrossesThreads;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Caches the values of a target for a moment, so that one scrape takes one snapshot. Counts
 * continue where the target gets another channel, as a bean that is created anew does.
 */
@CrossesThreads
final class ReadingCache {

  /** Longer than the time between two meters of a scrape, shorter than any scrape interval. */
  static final Duration FRESH = Duration.ofMillis(20);

  private static final Log logger = LogFactory.getLog(ReadingCache.class);

  private final String target;

  private final Supplier<@Nullable Source> sources;

  private final LongSupplier nanoClock;

  /** Guarded by this, as are the others below. */
  private @Nullable Source source;

  private TransportReading ofEarlierChannels = TransportReading.NONE;

  private TransportReading last = TransportReading.NONE;

  private long lastNanos;

  private boolean read;

  private boolean failed;

  /** Reads the values of one channel. Equal for the same channel. */
  interface Source {
    TransportReading read();
  }

  /**
   * Creates a cache.
   *
   * @param target the name of the target, for messages
   * @param sources supplies the channel, or null while there is none
   * @param nanoClock the time, nanoseconds
   */
  ReadingCache(String target, Supplier<@Nullable Source> sources, LongSupplier nanoClock) {
    this.target = target;
    this.sources = sources;
    this.nanoClock = nanoClock;
  }

  /**
   * Returns values that are at most {@link #FRESH} old, or the last ones where reading fails: a
   * gauge that throws would be reported as NaN, which spoils every sum.
   */
  TransportReading get() {
    TransportReading fresh = fresh();
    if (fresh != null) {
      return fresh;
    }
    try {
      // Not under the lock: the application context may create beans for this.
      return readFrom(this.sources.get());
    } catch (Throwable thrown) {
      return keepLast(thrown);
    }
  }

  private synchronized @Nullable TransportReading fresh() {
    boolean isFresh = this.read && this.nanoClock.getAsLong() - this.lastNanos < FRESH.toNanos();
    return isFresh ? this.last : null;
  }

  private synchronized TransportReading readFrom(@Nullable Source current) {
    TransportReading fresh = fresh();
    if (fresh != null) {
      return fresh;
    }
    if (!Objects.equals(current, this.source)) {
      this.ofEarlierChannels = this.last.counts();
      this.source = current;
    }
    TransportReading reading = current == null ? TransportReading.NONE : current.read();
    return keep(reading.plusCounts(this.ofEarlierChannels));
  }

  private TransportReading keep(TransportReading reading) {
    this.last = reading;
    this.lastNanos = this.nanoClock.getAsLong();
    this.read = true;
    return reading;
  }

  private synchronized TransportReading keepLast(Throwable thrown) {
    if (!this.failed) {
      this.failed = true;
      logger.warn(
          "The meters of the gRPC target '" + this.target + "' keep their last values: " + thrown,
          thrown);
    }
    return keep(this.last);
  }
}
