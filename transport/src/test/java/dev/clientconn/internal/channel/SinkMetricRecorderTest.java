// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallbackMetricInstrument;
import io.grpc.LongCounterMetricInstrument;
import io.grpc.MetricInstrument;
import io.grpc.MetricInstrumentRegistry;
import io.grpc.MetricSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SinkMetricRecorderTest {
  private static final LongCounterMetricInstrument COUNTER =
      MetricInstrumentRegistry.getDefaultRegistry()
          .registerLongCounter(
              "dev.clientconn.test.counter", "of a test", "{1}", List.of(), List.of(), false);

  private final Sink good = new Sink(false);
  private final Sink broken = new Sink(true);
  private final SinkMetricRecorder recorder = new SinkMetricRecorder(List.of(broken, good));

  @Test
  void aSinkThatThrowsIsLeftOutAndTheOthersGoOn() {
    recorder.addLongCounter(COUNTER, 1, List.of(), List.of());
    recorder.addLongCounter(COUNTER, 2, List.of(), List.of());

    assertThat(good.values).containsExactly(1L, 2L);
    assertThat(broken.values).containsExactly(1L);
  }

  @Test
  void aSinkThatRegistersNothingIsNoReasonNotToAskTheOthers() {
    recorder.registerBatchCallback(batch -> {}).close();

    assertThat(good.registered).isOne();
  }

  @Test
  void aSinkIsGivenTheInstrumentsBeforeItsFirstValue() {
    recorder.addLongCounter(COUNTER, 1, List.of(), List.of());

    assertThat(good.measures).isGreaterThan(COUNTER.getIndex());
  }

  private static final class Sink implements MetricSink {
    final List<Long> values = new ArrayList<>();
    int registered;
    int measures;
    private final boolean broken;

    Sink(boolean broken) {
      this.broken = broken;
    }

    @Override
    public Map<String, Boolean> getEnabledMetrics() {
      return Map.of();
    }

    @Override
    public Set<String> getOptionalLabels() {
      return Set.of();
    }

    @Override
    public int getMeasuresSize() {
      return measures;
    }

    @Override
    public void addLongCounter(
        LongCounterMetricInstrument instrument,
        long value,
        List<String> required,
        List<String> optional) {
      values.add(value);
      if (broken) {
        throw new NoSuchMethodError("sink");
      }
    }

    @Override
    @SuppressWarnings("NullAway") // as a user's sink may
    public Registration registerBatchCallback(
        Runnable callback, CallbackMetricInstrument... instruments) {
      registered++;
      return broken ? null : () -> {};
    }

    @Override
    public void updateMeasures(List<MetricInstrument> instruments) {
      measures = instruments.size();
    }
  }
}
