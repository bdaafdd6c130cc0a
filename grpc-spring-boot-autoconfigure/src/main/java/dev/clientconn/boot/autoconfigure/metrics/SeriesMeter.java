// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import dev.clientconn.boot.autoconfigure.metrics.MeterIds.MeterId;
import dev.clientconn.boot.autoconfigure.metrics.TransportMeter.Presence;
import dev.clientconn.internal.concurrent.CrossesThreads;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Registers one series, and reads its value. Gauges refer strongly to this object: a scrape that
 * began before the target was removed may read them after that, and a gauge whose weak reference
 * has been cleared reads as NaN. The other kinds of meter return their last value then.
 */
@CrossesThreads
final class SeriesMeter {

  private final Series series;

  private final Supplier<@Nullable Figure> value;

  /**
   * The value can vanish before the meter is removed. The meter then keeps its last value: zero
   * would raise an alarm.
   */
  private volatile Figure last = Figure.ZERO;

  private volatile @Nullable Meter meter;

  SeriesMeter(Series series, Supplier<@Nullable Figure> value) {
    this.series = series;
    this.value = value;
  }

  Series series() {
    return this.series;
  }

  Meter register(MeterRegistry registry, MeterId id) {
    Meter added = this.series.meter().presence() == Presence.EVENTS
        ? registerUpdated(registry, id)
        : registerRead(registry, id);
    this.meter = added;
    return added;
  }

  void remove(MeterRegistry registry) {
    Meter registered = this.meter;
    if (registered != null) {
      registry.remove(registered);
    }
  }

  private Meter registerUpdated(MeterRegistry registry, MeterId id) {
    String description = this.series.meter().description();
    return this.series.meter().kind() == TransportMeter.Kind.TIMER
        ? Timer.builder(id.name()).description(description).tags(id.tags()).register(registry)
        : Counter.builder(id.name()).description(description).tags(id.tags()).register(registry);
  }

  private Meter registerRead(MeterRegistry registry, MeterId id) {
    String description = this.series.meter().description();
    String unit = this.series.meter().kind().unit();
    return switch (this.series.meter().kind()) {
      case GAUGE, BYTES ->
        Gauge.builder(id.name(), this, each -> each.read().value())
            .strongReference(true)
            .description(description)
            .baseUnit(unit)
            .tags(id.tags())
            .register(registry);
      case TIME_GAUGE ->
        TimeGauge.builder(
                id.name(), this, TimeUnit.NANOSECONDS, each -> each.read().value())
            .strongReference(true)
            .description(description)
            .tags(id.tags())
            .register(registry);
      case COUNTER, BYTE_COUNTER ->
        FunctionCounter.builder(id.name(), this, each -> each.read().value())
            .description(description)
            .baseUnit(unit)
            .tags(id.tags())
            .register(registry);
      case TIMER ->
        FunctionTimer.builder(
                id.name(),
                this,
                each -> each.read().value(),
                each -> each.read().nanos(),
                TimeUnit.NANOSECONDS)
            .description(description)
            .tags(id.tags())
            .register(registry);
    };
  }

  private Figure read() {
    Figure now = this.value.get();
    if (now != null) {
      this.last = now;
    }
    return this.last;
  }
}
