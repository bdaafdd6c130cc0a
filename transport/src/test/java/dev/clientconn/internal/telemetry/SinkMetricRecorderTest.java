// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.testing.TestMetricSink;
import io.grpc.CallbackMetricInstrument;
import io.grpc.LongCounterMetricInstrument;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SinkMetricRecorderTest {
  private static final LongCounterMetricInstrument COUNTER =
      TestMetricSink.counter("dev.clientconn.test.counter");

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

  private static final class Sink extends TestMetricSink {
    final List<Long> values = new ArrayList<>();
    int registered;
    private final boolean broken;

    Sink(boolean broken) {
      this.broken = broken;
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
  }
}
