// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import io.grpc.CallbackMetricInstrument;
import io.grpc.DoubleCounterMetricInstrument;
import io.grpc.DoubleHistogramMetricInstrument;
import io.grpc.LongCounterMetricInstrument;
import io.grpc.LongGaugeMetricInstrument;
import io.grpc.LongHistogramMetricInstrument;
import io.grpc.LongUpDownCounterMetricInstrument;
import io.grpc.MetricInstrument;
import io.grpc.MetricInstrumentRegistry;
import io.grpc.MetricRecorder;
import io.grpc.MetricSink;
import java.util.ArrayList;
import java.util.List;

/** Passes what load-balancing policies measure to the builder's metric sinks. Immutable. */
public final class SinkMetricRecorder implements MetricRecorder {
  private final List<MetricSink> sinks;

  public SinkMetricRecorder(List<MetricSink> sinks) {
    this.sinks = List.copyOf(sinks);
  }

  @Override
  public void addDoubleCounter(
      DoubleCounterMetricInstrument instrument,
      double value,
      List<String> required,
      List<String> optional) {
    for (MetricSink sink : knowing(instrument)) {
      sink.addDoubleCounter(instrument, value, required, optional);
    }
  }

  @Override
  public void addLongCounter(
      LongCounterMetricInstrument instrument,
      long value,
      List<String> required,
      List<String> optional) {
    for (MetricSink sink : knowing(instrument)) {
      sink.addLongCounter(instrument, value, required, optional);
    }
  }

  @Override
  public void addLongUpDownCounter(
      LongUpDownCounterMetricInstrument instrument,
      long value,
      List<String> required,
      List<String> optional) {
    for (MetricSink sink : knowing(instrument)) {
      sink.addLongUpDownCounter(instrument, value, required, optional);
    }
  }

  @Override
  public void recordDoubleHistogram(
      DoubleHistogramMetricInstrument instrument,
      double value,
      List<String> required,
      List<String> optional) {
    for (MetricSink sink : knowing(instrument)) {
      sink.recordDoubleHistogram(instrument, value, required, optional);
    }
  }

  @Override
  public void recordLongHistogram(
      LongHistogramMetricInstrument instrument,
      long value,
      List<String> required,
      List<String> optional) {
    for (MetricSink sink : knowing(instrument)) {
      sink.recordLongHistogram(instrument, value, required, optional);
    }
  }

  @Override
  public Registration registerBatchCallback(
      BatchCallback callback, CallbackMetricInstrument... instruments) {
    List<Registration> registrations = new ArrayList<>();
    for (CallbackMetricInstrument instrument : instruments) {
      knowing(instrument);
    }
    for (MetricSink sink : sinks) {
      BatchRecorder recorder = new BatchRecorder() {
        @Override
        public void recordLongGauge(
            LongGaugeMetricInstrument instrument,
            long value,
            List<String> required,
            List<String> optional) {
          sink.recordLongGauge(instrument, value, required, optional);
        }
      };
      registrations.add(sink.registerBatchCallback(() -> callback.accept(recorder), instruments));
    }
    return () -> registrations.forEach(Registration::close);
  }

  /** The sinks, each told of instruments that were registered after it was made. */
  private List<MetricSink> knowing(MetricInstrument instrument) {
    for (MetricSink sink : sinks) {
      if (sink.getMeasuresSize() <= instrument.getIndex()) {
        sink.updateMeasures(MetricInstrumentRegistry.getDefaultRegistry().getMetricInstruments());
      }
    }
    return sinks;
  }
}
