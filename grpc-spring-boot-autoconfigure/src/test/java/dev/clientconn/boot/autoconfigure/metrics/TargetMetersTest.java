// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import static dev.clientconn.boot.autoconfigure.metrics.SnapshotFiguresTest.connection;
import static dev.clientconn.boot.autoconfigure.metrics.SnapshotFiguresTest.read;
import static dev.clientconn.boot.autoconfigure.metrics.SnapshotFiguresTest.streams;
import static dev.clientconn.boot.autoconfigure.metrics.SnapshotFiguresTest.subchannel;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.transport.TransportSnapshot.State;
import io.grpc.ConnectivityState;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TargetMetersTest {

  private static final TransportReading LIMITED = ready(OptionalLong.of(100));

  private static final TransportReading UNLIMITED = ready(OptionalLong.empty());

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private final AtomicReference<TransportReading> now = new AtomicReference<>(LIMITED);

  private final AtomicLong clock = new AtomicLong();

  private final AtomicInteger snapshots = new AtomicInteger();

  private final ReadingCache readings = new ReadingCache(
      "greeter",
      () -> () -> {
        this.snapshots.incrementAndGet();
        return Objects.requireNonNull(this.now.get());
      },
      this.clock::get);

  private final MeterIds ids = new MeterIds(new CheckedConvention("none", null));

  private final TargetMeters meters = meters(this.registry);

  @BeforeEach
  void register() {
    this.meters.register();
  }

  @Test
  void metersHaveTheseNamesTagsAndUnits() {
    scrape();

    assertThat(this.registry.getMeters())
        .extracting(TargetMetersTest::describe)
        .containsExactlyInAnyOrder(
            "COUNTER grpc.transport.attempts.repeated {reason=hedge, target=greeter}",
            "COUNTER grpc.transport.attempts.repeated {reason=retry, target=greeter}",
            "COUNTER grpc.transport.attempts.repeated {reason=transparent-retry, target=greeter}",
            "GAUGE grpc.transport.connections {state=backoff, target=greeter}",
            "GAUGE grpc.transport.connections {state=connecting, target=greeter}",
            "GAUGE grpc.transport.connections {state=draining, target=greeter}",
            "GAUGE grpc.transport.connections {state=idle, target=greeter}",
            "GAUGE grpc.transport.connections {state=ready, target=greeter}",
            "GAUGE grpc.transport.streams.active {target=greeter}",
            "GAUGE grpc.transport.streams.max {target=greeter}",
            "GAUGE grpc.transport.streams.pending {target=greeter}",
            "GAUGE grpc.transport.waiting.connection {target=greeter}",
            "GAUGE grpc.transport.window.receive {stat=min, target=greeter} bytes",
            "GAUGE grpc.transport.window.receive {stat=sum, target=greeter} bytes",
            "GAUGE grpc.transport.window.send {stat=min, target=greeter} bytes",
            "GAUGE grpc.transport.window.send {stat=sum, target=greeter} bytes",
            "TIMER grpc.transport.streams.pending.time {outcome=cancelled, target=greeter} seconds",
            "TIMER grpc.transport.streams.pending.time {outcome=connection-lost, target=greeter}"
                + " seconds",
            "TIMER grpc.transport.streams.pending.time {outcome=deadline, target=greeter} seconds",
            "TIMER grpc.transport.streams.pending.time {outcome=granted, target=greeter} seconds",
            "TIMER grpc.transport.streams.pending.time {outcome=rejected, target=greeter} seconds",
            "TIMER grpc.transport.streams.pending.time {outcome=timed-out, target=greeter}"
                + " seconds");
  }

  @Test
  void gaugesShowTheSnapshot() {
    scrape();

    assertThat(value("connections", "state", "ready")).isEqualTo(1);
    assertThat(value("streams.active")).isEqualTo(3);
    assertThat(value("streams.max")).isEqualTo(100);
    assertThat(value("streams.pending")).isEqualTo(2);
    assertThat(value("waiting.connection")).isEqualTo(5);
    assertThat(value("window.send", "stat", "min")).isEqualTo(500);
    assertThat(value("window.receive", "stat", "sum")).isEqualTo(50);
  }

  @Test
  void oneScrapeTakesOneSnapshot() {
    scrape();
    assertThat(this.snapshots).hasValue(1);

    this.clock.addAndGet(ReadingCache.FRESH.toNanos());
    scrape();
    assertThat(this.snapshots).hasValue(2);
  }

  @Test
  void unknownLimitIsAnAbsentSeries() {
    scrape();
    assertThat(this.registry.find("grpc.transport.streams.max").gauge()).isNotNull();

    next(UNLIMITED);
    assertThat(this.registry.find("grpc.transport.streams.max").gauge()).isNull();
    assertThat(this.registry.find("grpc.transport.window.send").gauges()).hasSize(2);

    next(TransportReading.NONE);
    assertThat(this.registry.find("grpc.transport.window.send").gauges()).isEmpty();

    next(LIMITED);
    assertThat(value("streams.max")).isEqualTo(100);
  }

  @Test
  void readingAnOptionalGaugeChangesNoOther() {
    scrape();
    Gauge window =
        this.registry.get("grpc.transport.window.send").tag("stat", "min").gauge();

    this.now.set(TransportReading.NONE);
    this.clock.addAndGet(ReadingCache.FRESH.toNanos());
    window.value();

    assertThat(this.registry.find("grpc.transport.streams.max").gauge()).isNotNull();
  }

  @Test
  void eachRegistryShowsTheValuesThatItHasRead() {
    SimpleMeterRegistry other = new SimpleMeterRegistry();
    meters(other).register();

    scrape();

    assertThat(this.registry.find("grpc.transport.streams.max").gauge()).isNotNull();
    assertThat(other.find("grpc.transport.streams.max").gauge()).isNull();
  }

  @Test
  void valueThatVanishesWhileItIsReadStaysWhatItWas() {
    scrape();
    Gauge window =
        this.registry.get("grpc.transport.window.send").tag("stat", "min").gauge();
    assertThat(window.value()).isEqualTo(500);

    this.now.set(TransportReading.NONE);
    this.clock.addAndGet(ReadingCache.FRESH.toNanos());

    assertThat(window.value()).isEqualTo(500);
  }

  @Test
  void noSeriesIsEverNotANumber() {
    for (TransportReading reading : List.of(LIMITED, UNLIMITED, TransportReading.NONE)) {
      next(reading);
      this.registry
          .getMeters()
          .forEach(meter ->
              meter.measure().forEach(each -> assertThat(each.getValue()).isNotNaN()));
    }
  }

  @Test
  void waitsAreTimedByOutcome() {
    this.meters.record(
        Series.of(TransportMeter.STREAMS_PENDING_TIME, "connection-lost"),
        Duration.ofMillis(30).toNanos());

    assertThat(this.registry
            .get("grpc.transport.streams.pending.time")
            .tag("outcome", "connection-lost")
            .timer()
            .totalTime(TimeUnit.MILLISECONDS))
        .isEqualTo(30);
  }

  @Test
  void repeatedAttemptsAreCountedByReason() {
    this.meters.increment(Series.of(TransportMeter.ATTEMPTS_REPEATED, "hedge"));
    this.meters.increment(Series.of(TransportMeter.ATTEMPTS_REPEATED, "hedge"));

    assertThat(this.registry
            .get("grpc.transport.attempts.repeated")
            .tag("reason", "hedge")
            .counter()
            .count())
        .isEqualTo(2);
  }

  @Test
  void removedMetersStayAway() {
    scrape();
    Gauge active = this.registry.get("grpc.transport.streams.active").gauge();

    this.meters.remove();
    next(UNLIMITED);
    next(LIMITED);
    active.value();

    assertThat(this.registry.getMeters()).isEmpty();
  }

  private void next(TransportReading reading) {
    this.now.set(reading);
    this.clock.addAndGet(ReadingCache.FRESH.toNanos());
    scrape();
  }

  private TargetMeters meters(MeterRegistry in) {
    return new TargetMeters(in, "greeter", this.readings, this.ids);
  }

  private void scrape() {
    this.registry.getMeters().forEach(meter -> meter.measure().forEach(each -> each.getValue()));
  }

  private double value(String name, String... tags) {
    return this.registry.get("grpc.transport." + name).tags(tags).gauge().value();
  }

  private static String describe(Meter meter) {
    Meter.Id id = meter.getId();
    String tags = String.join(
        ", ",
        id.getTags().stream().map(tag -> tag.getKey() + "=" + tag.getValue()).toList());
    String unit = id.getBaseUnit() == null ? "" : " " + id.getBaseUnit();
    return id.getType() + " " + id.getName() + " {" + tags + "}" + unit;
  }

  private static TransportReading ready(OptionalLong max) {
    return read(
        5,
        subchannel(ConnectivityState.READY, connection(State.READY, streams(3, max, 2), 500, 50)));
  }
}
