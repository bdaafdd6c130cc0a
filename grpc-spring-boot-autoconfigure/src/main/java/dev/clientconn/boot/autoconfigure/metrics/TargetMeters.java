// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.transport.TransportListener.WaitOutcome;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one target in one registry. A value that means "no limit" or "no connection" is an
 * absent series, never a number and never NaN, which would spoil every sum: such gauges come and go
 * with what each reading says.
 */
@CrossesThreads
final class TargetMeters {

  static final String PREFIX = "grpc.transport.";

  private final MeterRegistry registry;

  private final Tags target;

  private final TotalsReader reader;

  private final List<Meter> fixed = new ArrayList<>();

  private final Map<WaitOutcome, Timer> waits = new EnumMap<>(WaitOutcome.class);

  private final Map<Row, Meter> present = new HashMap<>();

  private boolean removed;

  TargetMeters(MeterRegistry registry, String target, TotalsReader reader) {
    this.registry = registry;
    this.target = Tags.of("target", target);
    this.reader = reader;
  }

  /** A gauge that exists while it has a value. */
  private record Row(
      String name,
      Tags tags,
      @Nullable String unit,
      String description,
      Function<TransportTotals, OptionalLong> value) {}

  private static final List<Row> OPTIONAL = List.of(
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
        ? "Bytes that the peer lets a connection send now"
        : "Bytes that the peer may send on a connection now";
    return new Row("window." + side, Tags.of("stat", stat), BaseUnits.BYTES, description, value);
  }

  synchronized void register() {
    connections("connecting", TransportTotals.Connections::connecting);
    connections("ready", TransportTotals.Connections::ready);
    connections("draining", TransportTotals.Connections::draining);
    connections("idle", TransportTotals.Connections::idle);
    connections("backoff", TransportTotals.Connections::backoff);
    gauge("streams.active", "Streams open now", TransportTotals::activeStreams);
    gauge("streams.pending", "Calls that wait for a stream slot", TransportTotals::pendingStreams);
    gauge("waiting.connection", "Calls that wait for a connection", TransportTotals::waitingCalls);
    for (WaitOutcome outcome : WaitOutcome.values()) {
      this.waits.put(outcome, timer(outcome));
    }
  }

  /** Records the end of a wait for a stream slot. Called on event loops. */
  void waited(WaitOutcome outcome, long nanos) {
    Timer timer = this.waits.get(outcome);
    if (timer != null) {
      timer.record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  /**
   * Lets gauges appear whose value has become known, and disappear whose value is known no longer.
   */
  synchronized void update(TransportTotals totals) {
    if (this.removed) {
      return;
    }
    for (Row gauge : OPTIONAL) {
      if (gauge.value.apply(totals).isPresent()) {
        this.present.computeIfAbsent(gauge, this::register);
      } else {
        Meter meter = this.present.remove(gauge);
        if (meter != null) {
          this.registry.remove(meter);
        }
      }
    }
  }

  synchronized void remove() {
    this.removed = true;
    this.fixed.forEach(this.registry::remove);
    this.waits.values().forEach(this.registry::remove);
    this.present.values().forEach(this.registry::remove);
  }

  private void connections(String state, ToLongFunction<TransportTotals.Connections> count) {
    this.fixed.add(Gauge.builder(
            PREFIX + "connections",
            this.reader,
            reader -> count.applyAsLong(reader.read().connections()))
        .description("Connections by state; idle and backoff are addresses without one")
        .tags(this.target.and("state", state))
        .register(this.registry));
  }

  private void gauge(String name, String description, ToLongFunction<TransportTotals> value) {
    this.fixed.add(
        Gauge.builder(PREFIX + name, this.reader, reader -> value.applyAsLong(reader.read()))
            .description(description)
            .tags(this.target)
            .register(this.registry));
  }

  private Timer timer(WaitOutcome outcome) {
    return Timer.builder(PREFIX + "streams.pending.time")
        .description("Time that calls waited for a stream slot")
        .tags(this.target.and("outcome", tag(outcome)))
        .register(this.registry);
  }

  private static String tag(WaitOutcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private Meter register(Row gauge) {
    // A reading may find no value just before it removes the gauge: then the last one stands, as
    // zero would be an alarm.
    AtomicLong last = new AtomicLong();
    return Gauge.builder(PREFIX + gauge.name, () -> {
          gauge.value.apply(this.reader.read()).ifPresent(last::set);
          return last.get();
        })
        .description(gauge.description)
        .baseUnit(gauge.unit)
        .tags(this.target.and(gauge.tags))
        .register(this.registry);
  }
}
