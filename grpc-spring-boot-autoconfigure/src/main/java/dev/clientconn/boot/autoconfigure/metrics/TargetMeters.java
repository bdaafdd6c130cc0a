// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import dev.clientconn.boot.autoconfigure.metrics.TransportMeter.Presence;
import dev.clientconn.internal.concurrent.CrossesThreads;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Registers the meters of one target in one registry. "No limit" and "no connection" are absent
 * series: a number would be wrong, and NaN would spoil every sum. Reading a meter that always
 * exists registers the series that have got a value, and removes those that have none any more:
 * Micrometer has no hook for the start of a scrape, and every scrape reads these meters.
 */
@CrossesThreads
final class TargetMeters {

  private static final Log logger = LogFactory.getLog(TargetMeters.class);

  private final MeterRegistry registry;

  private final String target;

  private final ReadingCache readings;

  private final MeterIds ids;

  /**
   * Guarded by this: the meters by series. One that the registry has refused is among them, so that
   * it is not tried again at each scrape.
   */
  private final Map<Series, SeriesMeter> registered = new HashMap<>();

  /** Those that events update. */
  private final Map<Series, Meter> updated = new ConcurrentHashMap<>();

  /** Guarded by this: what was read last. */
  private @Nullable TransportReading shown;

  /** Guarded by this. */
  private boolean removed;

  TargetMeters(MeterRegistry registry, String target, ReadingCache readings, MeterIds ids) {
    this.registry = registry;
    this.target = target;
    this.readings = readings;
    this.ids = ids;
  }

  /** Registers the series that exist as long as the target. */
  synchronized void register() {
    for (TransportMeter meter : TransportMeter.values()) {
      if (meter.presence() != Presence.WHILE_KNOWN) {
        meter.allSeries("").forEach(this::add);
      }
    }
  }

  /** Records an event of a timer. Called on event loops. */
  void record(@Nullable Series series, long nanos) {
    if (series != null && this.updated.get(series) instanceof Timer timer) {
      timer.record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  /** Counts an event. Called on any thread. */
  void increment(@Nullable Series series) {
    if (series != null && this.updated.get(series) instanceof Counter counter) {
      counter.increment();
    }
  }

  synchronized void remove() {
    this.removed = true;
    List.copyOf(this.registered.values()).forEach(this::removeFromRegistry);
    this.registered.clear();
    this.updated.clear();
  }

  private @Nullable Figure read(Series series) {
    TransportReading reading = this.readings.get();
    if (series.meter().presence() == Presence.ALWAYS) {
      show(reading);
    }
    return reading.get(series);
  }

  private synchronized void show(TransportReading reading) {
    if (this.removed || reading == this.shown) {
      return;
    }
    this.shown = reading;
    List<SeriesMeter> gone = this.registered.values().stream()
        .filter(each -> each.series().meter().presence() == Presence.WHILE_KNOWN)
        .filter(each -> reading.get(each.series()) == null)
        .toList();
    for (SeriesMeter each : gone) {
      this.registered.remove(each.series());
      removeFromRegistry(each);
    }
    reading.series().forEach(this::add);
  }

  private void add(Series series) {
    if (this.registered.containsKey(series)) {
      return;
    }
    SeriesMeter meter = new SeriesMeter(series, () -> read(series));
    // Before it is registered: a listener of the registry may read it, which adds others.
    this.registered.put(series, meter);
    try {
      Meter added = meter.register(this.registry, this.ids.of(this.target, series));
      if (series.meter().presence() == Presence.EVENTS) {
        this.updated.put(series, added);
      }
    } catch (Throwable refused) {
      // Registries and their filters are code of others. The application works without a meter.
      warn("has refused", series, refused);
    }
  }

  private void removeFromRegistry(SeriesMeter meter) {
    try {
      meter.remove(this.registry);
    } catch (Throwable refused) {
      warn("does not remove", meter.series(), refused);
    }
  }

  private void warn(String what, Series series, Throwable refused) {
    logger.warn("The meter registry " + this.registry.getClass().getName() + " " + what + " '"
        + series.meter().meterName() + "' with the tags " + series.tags(this.target) + ": "
        + refused);
  }
}
