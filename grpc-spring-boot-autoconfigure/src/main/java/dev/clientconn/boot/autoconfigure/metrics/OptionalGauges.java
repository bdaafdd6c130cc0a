// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Registers the gauges of a target that exist only while they have a value. "No limit" and "no
 * connection" are absent series: a number would be wrong, and NaN would spoil every sum.
 */
@CrossesThreads
final class OptionalGauges {

  private final MeterRegistry registry;

  private final Tags target;

  private final TotalsCache totals;

  private final Map<Row, Meter> registered = new HashMap<>();

  private @Nullable TransportTotals shown;

  private boolean removed;

  OptionalGauges(MeterRegistry registry, Tags target, TotalsCache totals) {
    this.registry = registry;
    this.target = target;
    this.totals = totals;
  }

  /** One gauge, and how to read its value. */
  private record Row(
      String name,
      Tags tags,
      @Nullable String unit,
      String description,
      Function<TransportTotals, OptionalLong> value) {}

  private static final List<Row> ROWS = List.of(
      new Row(
          "streams.max",
          Tags.empty(),
          null,
          "Streams that the peers of the ready connections allow at a time",
          TransportTotals::maxStreams),
      window("send", "min", totals -> totals.send().min()),
      window("send", "sum", totals -> totals.send().sum()),
      window("receive", "min", totals -> totals.receive().min()),
      window("receive", "sum", totals -> totals.receive().sum()));

  private static Row window(
      String side, String stat, Function<TransportTotals, OptionalLong> value) {
    String description = side.equals("send")
        ? "Bytes that the peer allows a connection to send now"
        : "Bytes that the peer may send on a connection now";
    return new Row("window." + side, Tags.of("stat", stat), BaseUnits.BYTES, description, value);
  }

  /** Registers the gauges that have a value in these totals, and removes the others. */
  synchronized void show(TransportTotals totals) {
    if (this.removed || totals.equals(this.shown)) {
      return;
    }
    for (Row row : ROWS) {
      if (row.value.apply(totals).isPresent()) {
        this.registered.computeIfAbsent(row, this::register);
      } else {
        Meter meter = this.registered.remove(row);
        if (meter != null) {
          this.registry.remove(meter);
        }
      }
    }
    // After the loop: if a registration throws, the next scrape tries again.
    this.shown = totals;
  }

  synchronized void remove() {
    this.removed = true;
    this.registered.values().forEach(this.registry::remove);
    this.registered.clear();
  }

  private Meter register(Row row) {
    // The value can vanish before the gauge is removed. The gauge then keeps its last value: zero
    // would raise an alarm.
    AtomicLong last = new AtomicLong();
    return Gauge.builder(TargetMeters.PREFIX + row.name, () -> {
          row.value.apply(this.totals.get()).ifPresent(last::set);
          return last.get();
        })
        .description(row.description)
        .baseUnit(row.unit)
        .tags(this.target.and(row.tags))
        .register(this.registry);
  }
}
