// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.telemetry;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.CallbackMetricInstrument;
import io.grpc.DoubleCounterMetricInstrument;
import io.grpc.DoubleHistogramMetricInstrument;
import io.grpc.LongCounterMetricInstrument;
import io.grpc.LongHistogramMetricInstrument;
import io.grpc.LongUpDownCounterMetricInstrument;
import io.grpc.MetricInstrument;
import io.grpc.MetricRecorder;
import io.grpc.MetricSink;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Passes what connections, resolvers and load-balancing policies measure to the builder's metric
 * sinks. A value whose labels are not those of its instrument is refused before a sink has it: that
 * is a mistake of who records it, and no reason to leave the sink out.
 */
@CrossesThreads
public final class SinkMetricRecorder implements MetricRecorder {
  private final List<GuardedSink> sinks;

  /**
   * @param sinks each is called once for each value
   */
  public SinkMetricRecorder(List<MetricSink> sinks) {
    this.sinks = sinks.stream().map(GuardedSink::new).toList();
  }

  /** Whether no sink is left, so that there is nothing to measure for. */
  public boolean isEmpty() {
    for (GuardedSink sink : sinks) {
      if (!sink.hasThrown()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void addDoubleCounter(
      DoubleCounterMetricInstrument instrument,
      double value,
      List<String> required,
      List<String> optional) {
    MetricRecorder.super.addDoubleCounter(instrument, value, required, optional);
    forEach(instrument, sink -> sink.addDoubleCounter(instrument, value, required, optional));
  }

  @Override
  public void addLongCounter(
      LongCounterMetricInstrument instrument,
      long value,
      List<String> required,
      List<String> optional) {
    MetricRecorder.super.addLongCounter(instrument, value, required, optional);
    forEach(instrument, sink -> sink.addLongCounter(instrument, value, required, optional));
  }

  @Override
  public void addLongUpDownCounter(
      LongUpDownCounterMetricInstrument instrument,
      long value,
      List<String> required,
      List<String> optional) {
    MetricRecorder.super.addLongUpDownCounter(instrument, value, required, optional);
    forEach(instrument, sink -> sink.addLongUpDownCounter(instrument, value, required, optional));
  }

  @Override
  public void recordDoubleHistogram(
      DoubleHistogramMetricInstrument instrument,
      double value,
      List<String> required,
      List<String> optional) {
    MetricRecorder.super.recordDoubleHistogram(instrument, value, required, optional);
    forEach(instrument, sink -> sink.recordDoubleHistogram(instrument, value, required, optional));
  }

  @Override
  public void recordLongHistogram(
      LongHistogramMetricInstrument instrument,
      long value,
      List<String> required,
      List<String> optional) {
    MetricRecorder.super.recordLongHistogram(instrument, value, required, optional);
    forEach(instrument, sink -> sink.recordLongHistogram(instrument, value, required, optional));
  }

  @Override
  public Registration registerBatchCallback(
      BatchCallback callback, CallbackMetricInstrument... instruments) {
    List<Registration> registrations = new ArrayList<>();
    for (GuardedSink sink : sinks) {
      registrations.add(sink.register(callback, instruments));
    }
    return () -> registrations.forEach(Registration::close);
  }

  private void forEach(MetricInstrument instrument, Consumer<MetricSink> value) {
    for (GuardedSink sink : sinks) {
      sink.record(instrument, value);
    }
  }
}
