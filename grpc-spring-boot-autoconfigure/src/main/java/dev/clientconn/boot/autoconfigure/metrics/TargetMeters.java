// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.transport.TransportListener.RepeatReason;
import dev.clientconn.transport.TransportListener.WaitOutcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * Registers the meters of one target in one registry. Reading a gauge that always exists also
 * updates the {@link OptionalGauges}: Micrometer has no hook for the start of a scrape, and every
 * scrape reads these gauges.
 */
@CrossesThreads
final class TargetMeters {

  static final String PREFIX = "grpc.transport.";

  private final MeterRegistry registry;

  private final Tags target;

  private final TotalsCache totals;

  private final OptionalGauges optional;

  private final List<Meter> fixed = new ArrayList<>();

  private final Map<WaitOutcome, Timer> waits = new EnumMap<>(WaitOutcome.class);

  private final Map<RepeatReason, Counter> repeats = new EnumMap<>(RepeatReason.class);

  TargetMeters(MeterRegistry registry, String target, TotalsCache totals) {
    this.registry = registry;
    this.target = Tags.of("target", target);
    this.totals = totals;
    this.optional = new OptionalGauges(registry, this.target, totals);
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
    for (RepeatReason reason : RepeatReason.values()) {
      this.repeats.put(reason, counter(reason));
    }
  }

  /** Records the end of a wait for a stream slot. Called on event loops. */
  void waited(WaitOutcome outcome, long nanos) {
    Timer timer = this.waits.get(outcome);
    if (timer != null) {
      timer.record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  /** Counts another attempt of a call. Called on any thread. */
  void repeated(RepeatReason reason) {
    Counter counter = this.repeats.get(reason);
    if (counter != null) {
      counter.increment();
    }
  }

  synchronized void remove() {
    this.optional.remove();
    this.fixed.forEach(this.registry::remove);
    this.waits.values().forEach(this.registry::remove);
    this.repeats.values().forEach(this.registry::remove);
  }

  private TransportTotals readAndShow() {
    TransportTotals read = this.totals.get();
    this.optional.show(read);
    return read;
  }

  private void connections(String state, ToLongFunction<TransportTotals.Connections> count) {
    this.fixed.add(Gauge.builder(
            PREFIX + "connections",
            this,
            meters -> count.applyAsLong(meters.readAndShow().connections()))
        .description("Connections by state; idle and backoff are addresses without one")
        .tags(this.target.and("state", state))
        .register(this.registry));
  }

  private void gauge(String name, String description, ToLongFunction<TransportTotals> value) {
    this.fixed.add(
        Gauge.builder(PREFIX + name, this, meters -> value.applyAsLong(meters.readAndShow()))
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

  private Counter counter(RepeatReason reason) {
    return Counter.builder(PREFIX + "attempts.repeated")
        .description("Attempts of calls after the first one")
        .tags(this.target.and("reason", tag(reason)))
        .register(this.registry);
  }

  private static String tag(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
