// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.testing.LoggedWarnings;
import dev.clientconn.testing.TestMetricSink;
import dev.clientconn.testing.Throwing;
import io.grpc.CallbackMetricInstrument;
import io.grpc.LongCounterMetricInstrument;
import io.grpc.LongGaugeMetricInstrument;
import io.grpc.MetricInstrument;
import io.grpc.MetricInstrumentRegistry;
import io.grpc.MetricRecorder;
import io.grpc.MetricRecorder.BatchCallback;
import io.grpc.MetricSink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SinkMetricRecorderTest {
  private static final LongCounterMetricInstrument COUNTER =
      TestMetricSink.counter("dev.clientconn.test.counter");
  private static final LongGaugeMetricInstrument GAUGE = gauge("dev.clientconn.test.gauge");
  private static final LongGaugeMetricInstrument OTHER_GAUGE =
      gauge("dev.clientconn.test.gauge.other");

  /** The methods of a sink. */
  private enum Place {
    NONE,
    SIZE,
    UPDATE,
    VALUE,
    REGISTER_BEFORE,
    REGISTER_AFTER,
    GAUGE_VALUE,
    CLOSE
  }

  @RegisterExtension
  final LoggedWarnings warnings = new LoggedWarnings();

  private final Sink good = new Sink(Place.NONE);

  private static LongGaugeMetricInstrument gauge(String name) {
    return MetricInstrumentRegistry.getDefaultRegistry()
        .registerLongGauge(name, "of a test", "{1}", List.of(), List.of(), false);
  }

  private SinkMetricRecorder recorderWith(Sink other) {
    return new SinkMetricRecorder(List.of(other, good));
  }

  @ParameterizedTest
  @EnumSource(value = Place.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void aSinkThatThrowsAnywhereIsLeftOutAndTheOthersGoOn(Place place) {
    Sink broken = new Sink(place);
    SinkMetricRecorder recorder = recorderWith(broken);

    recorder.addLongCounter(COUNTER, 1, List.of(), List.of());
    MetricRecorder.Registration registration = recorder.registerBatchCallback(
        batch -> batch.recordLongGauge(GAUGE, 3, List.of(), List.of()), GAUGE);
    broken.scrape();
    good.scrape();
    registration.close();
    int calls = broken.calls;
    recorder.addLongCounter(COUNTER, 2, List.of(), List.of());
    recorder.registerBatchCallback(batch -> {}, GAUGE).close();

    assertThat(good.values).containsExactly(1L, 3L, 2L);
    assertThat(broken.calls).isEqualTo(calls);
    assertThat(warnings.messages()).hasSize(1).first().asString().contains("metric sink threw");
    assertThat(good.callbacks).isEmpty();
    assertThat(recorder.isEmpty()).isFalse();
  }

  @Test
  void aRecorderWhoseSinksHaveAllThrownIsEmpty() {
    SinkMetricRecorder recorder = new SinkMetricRecorder(List.of(new Sink(Place.VALUE)));
    assertThat(recorder.isEmpty()).isFalse();

    recorder.addLongCounter(COUNTER, 1, List.of(), List.of());

    assertThat(recorder.isEmpty()).isTrue();
  }

  @Test
  void aSinkThatRegistersNothingIsNoReasonNotToAskTheOthers() {
    Sink nothing = new Sink(Place.NONE);
    nothing.returnsNothing = true;

    recorderWith(nothing).registerBatchCallback(batch -> {}).close();

    assertThat(good.registered).isOne();
  }

  @Test
  void aSinkIsGivenTheInstrumentsBeforeItsFirstValue() {
    recorderWith(new Sink(Place.NONE)).addLongCounter(COUNTER, 1, List.of(), List.of());

    assertThat(good.measures).isGreaterThan(COUNTER.getIndex());
  }

  @Test
  void aCallbackIsNotCalledOnceItsRegistrationIsClosed() {
    AtomicInteger calls = new AtomicInteger();
    MetricRecorder.Registration registration =
        recorderWith(good).registerBatchCallback(batch -> calls.incrementAndGet(), GAUGE);
    Runnable retained = good.callbacks.get(0);

    registration.close();
    retained.run();

    assertThat(calls).hasValue(0);
    assertThat(good.callbacks).isEmpty();
  }

  @Test
  void theCallbacksOfASinkThatHasThrownAreRemovedFromIt() {
    AtomicInteger calls = new AtomicInteger();
    Sink broken = new Sink(Place.VALUE);
    SinkMetricRecorder recorder = recorderWith(broken);
    recorder.registerBatchCallback(batch -> calls.incrementAndGet(), GAUGE);

    recorder.addLongCounter(COUNTER, 1, List.of(), List.of());

    assertThat(broken.callbacks).isEmpty();
    good.scrape();
    assertThat(calls).as("for the other sink").hasValue(1);
  }

  @Test
  void aCallbackThatASinkRetainsThoughItThrewDoesNothing() {
    AtomicInteger calls = new AtomicInteger();
    Sink broken = new Sink(Place.REGISTER_AFTER);
    recorderWith(broken).registerBatchCallback(batch -> calls.incrementAndGet(), GAUGE);

    broken.scrape();

    assertThat(broken.callbacks).as("retained").hasSize(1);
    assertThat(calls).hasValue(0);
  }

  @Test
  void aCallbackThatClosesItsOwnRegistrationRecordsNothingMore() {
    List<MetricRecorder.Registration> own = new ArrayList<>();
    own.add(recorderWith(new Sink(Place.NONE))
        .registerBatchCallback(
            batch -> {
              own.get(0).close();
              batch.recordLongGauge(GAUGE, 3, List.of(), List.of());
            },
            GAUGE));

    good.scrape();

    assertThat(good.values).isEmpty();
  }

  @Test
  void aCallbackThatThrowsIsLoggedOnceAndItsSinkGoesOn() {
    SinkMetricRecorder recorder = recorderWith(good);
    BatchCallback broken = batch -> {
      throw Throwing.raise(new NoSuchMethodError("callback"));
    };
    recorder.registerBatchCallback(broken, GAUGE);

    good.scrape();
    good.scrape();
    recorder.addLongCounter(COUNTER, 1, List.of(), List.of());

    assertThat(good.values).contains(1L);
    assertThat(warnings.messages()).hasSize(2).allMatch(m -> m.contains("callback for metrics"));
  }

  @Test
  void aCallbackMustNotRecordAnInstrumentThatItWasNotRegisteredFor() {
    List<Throwable> thrown = new ArrayList<>();
    recorderWith(new Sink(Place.NONE))
        .registerBatchCallback(
            batch -> {
              try {
                batch.recordLongGauge(OTHER_GAUGE, 3, List.of(), List.of());
              } catch (IllegalArgumentException e) {
                thrown.add(e);
              }
            },
            GAUGE);

    good.scrape();

    assertThat(thrown).singleElement().asString().contains("dev.clientconn.test.gauge.other");
    assertThat(good.values).isEmpty();
  }

  @Test
  void labelsThatAreNotTheInstrumentsAreTheMistakeOfWhoRecords() {
    SinkMetricRecorder recorder = recorderWith(new Sink(Place.NONE));

    assertThatThrownBy(() -> recorder.addLongCounter(COUNTER, 1, List.of("more"), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    recorder.addLongCounter(COUNTER, 2, List.of(), List.of());

    assertThat(good.values).containsExactly(2L);
    assertThat(warnings.messages()).isEmpty();
  }

  private static final class Sink extends TestMetricSink {
    final List<Long> values = new ArrayList<>();
    final List<Runnable> callbacks = new ArrayList<>();
    int registered;
    int calls;
    boolean returnsNothing;
    private final Place broken;

    Sink(Place broken) {
      this.broken = broken;
    }

    private void reach(Place place) {
      calls++;
      if (broken == place) {
        throw Throwing.raise(
            place.name().length() % 2 == 0
                ? new NoSuchMethodError("sink")
                : new IllegalStateException("sink"));
      }
    }

    void scrape() {
      List.copyOf(callbacks).forEach(Runnable::run);
    }

    @Override
    public int getMeasuresSize() {
      reach(Place.SIZE);
      return measures;
    }

    @Override
    public void updateMeasures(List<MetricInstrument> instruments) {
      reach(Place.UPDATE);
      super.updateMeasures(instruments);
    }

    @Override
    public void addLongCounter(
        LongCounterMetricInstrument instrument,
        long value,
        List<String> required,
        List<String> optional) {
      reach(Place.VALUE);
      values.add(value);
    }

    @Override
    public void recordLongGauge(
        LongGaugeMetricInstrument instrument,
        long value,
        List<String> required,
        List<String> optional) {
      reach(Place.GAUGE_VALUE);
      values.add(value);
    }

    @Override
    @SuppressWarnings("NullAway") // as a user's sink may
    public MetricSink.@Nullable Registration registerBatchCallback(
        Runnable callback, CallbackMetricInstrument... instruments) {
      registered++;
      reach(Place.REGISTER_BEFORE);
      callbacks.add(callback);
      reach(Place.REGISTER_AFTER);
      if (returnsNothing) {
        return null;
      }
      return () -> {
        reach(Place.CLOSE);
        callbacks.remove(callback);
      };
    }
  }
}
