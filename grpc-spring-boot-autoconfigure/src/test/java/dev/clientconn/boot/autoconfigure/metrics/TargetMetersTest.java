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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
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
        .contains(
            "COUNTER grpc.transport.attempts.repeated {reason=transparent-retry, target=greeter}",
            "GAUGE grpc.transport.connections {state=backoff, target=greeter}",
            "GAUGE grpc.transport.window.send {stat=min, target=greeter} bytes",
            "TIMER grpc.transport.wait {cause=stream_slot, target=greeter} seconds",
            "COUNTER grpc.transport.bytes {direction=sent, target=greeter} bytes",
            "TIMER grpc.transport.streams.pending.time {outcome=timed-out, target=greeter}"
                + " seconds");
  }

  @Test
  void everySeriesThatAlwaysExistsIsThereFromTheBeginning() {
    long always = Stream.of(TransportMeter.values())
        .filter(each -> each.presence() != TransportMeter.Presence.WHILE_KNOWN)
        .mapToLong(each -> each.allSeries("").size())
        .sum();

    assertThat(this.registry.getMeters()).hasSize((int) always);
  }

  /** What the server sends is among these values, so it cannot add series. */
  @Test
  void everyEnumeratedValueSeenIsABoundedNumberOfSeries() {
    Map<Series, Figure> all = new HashMap<>();
    for (TransportMeter meter : TransportMeter.values()) {
      meter.allSeries("dns:///greeter:1").forEach(each -> all.put(each, new Figure(7, 14)));
    }
    next(new TransportReading(all));
    scrape();

    assertThat(this.registry.getMeters()).hasSize(all.size()).hasSizeLessThan(250);
    assertThat(Series.of(TransportMeter.GOAWAYS, "received", "MADE_UP").values())
        .containsExactly("received", "OTHER");
    assertThat(Series.of(TransportMeter.DISCONNECTIONS, "dns:///a", "what?").values())
        .containsExactly("dns:///a", "unknown");
    assertThat(this.registry
            .get("grpc.transport.pings")
            .functionTimer()
            .totalTime(TimeUnit.NANOSECONDS))
        .isEqualTo(14);
  }

  @Test
  void seriesOfAnAddressEndWithTheAddress() {
    next(reading(Series.of(TransportMeter.ATTEMPTS_FAILED, "dns:///a")));
    next(reading(Series.of(TransportMeter.ATTEMPTS_FAILED, "dns:///b")));
    scrape();

    assertThat(this.registry.find("grpc.subchannel.connection_attempts_failed").meters())
        .extracting(each -> each.getId().getTag("grpc.target"))
        .containsExactly("dns:///b");
  }

  private static TransportReading reading(Series series) {
    return new TransportReading(Map.of(series, new Figure(1, 0)));
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
    for (TransportReading each : List.of(LIMITED, UNLIMITED, TransportReading.NONE)) {
      next(each);
      this.registry
          .getMeters()
          .forEach(
              meter -> meter.measure().forEach(one -> assertThat(one.getValue()).isNotNaN()));
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
