// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import static dev.clientconn.boot.autoconfigure.metrics.SnapshotFiguresTest.value;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReadingCacheTest {

  private static final String HEDGE = "hedge";

  private final AtomicLong clock = new AtomicLong();

  private final AtomicReference<ReadingCache.@Nullable Source> source = new AtomicReference<>();

  private final ReadingCache cache = new ReadingCache("greeter", this.source::get, this.clock::get);

  @Test
  void countsContinueWhereAnotherChannelBegins() {
    assertThat(countsOf(channel(7, 1))).isEqualTo(7);
    assertThat(countsOf(channel(2, 3))).isEqualTo(9);
    assertThat(countsOf(channel(1, 4))).isEqualTo(10);
    assertThat(value(this.cache.get(), TransportMeter.STREAMS_ACTIVE)).isEqualTo(4);
  }

  @Test
  void countsStayWhileThereIsNoChannel() {
    assertThat(countsOf(channel(7, 1))).isEqualTo(7);
    assertThat(countsOf(null)).isEqualTo(7);
    assertThat(value(this.cache.get(), TransportMeter.STREAMS_ACTIVE)).isZero();
    assertThat(countsOf(channel(2, 3))).isEqualTo(9);
  }

  @Test
  void valuesStayWhereASnapshotFails() {
    assertThat(countsOf(channel(7, 1))).isEqualTo(7);
    assertThat(countsOf(() -> {
          throw new AssertionError("no snapshot");
        }))
        .isEqualTo(7);
  }

  private @Nullable Long countsOf(ReadingCache.@Nullable Source next) {
    this.source.set(next);
    this.clock.addAndGet(ReadingCache.FRESH.toNanos());
    return value(this.cache.get(), TransportMeter.ATTEMPTS_REPEATED, HEDGE);
  }

  private static ReadingCache.Source channel(long hedges, long active) {
    Map<Series, Figure> figures = Map.of(
        Series.of(TransportMeter.ATTEMPTS_REPEATED, HEDGE), new Figure(hedges, 0),
        Series.of(TransportMeter.STREAMS_ACTIVE), new Figure(active, 0));
    return () -> new TransportReading(figures);
  }
}
