// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.telemetry;

import dev.clientconn.internal.concurrent.ChannelLog;
import dev.clientconn.internal.concurrent.CrossesThreads;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Passes what connections, resolvers and load-balancing policies measure to the builder's metric
 * sinks. A sink that throws is logged and not called again: the exception would break the policy,
 * or the connection.
 */
@CrossesThreads
public final class SinkMetricRecorder implements MetricRecorder {
  private static final Logger LOGGER = ChannelLog.LOGGER;

  /** Those that have not thrown. */
  private final List<MetricSink> sinks;

  public SinkMetricRecorder(List<MetricSink> sinks) {
    this.sinks = new CopyOnWriteArrayList<>(sinks);
  }

  /** Whether no sink is left, so that there is nothing to measure for. */
  public boolean isEmpty() {
    return sinks.isEmpty();
  }

  @Override
  public void addDoubleCounter(
      DoubleCounterMetricInstrument instrument,
      double value,
      List<String> required,
      List<String> optional) {
    forEach(instrument, sink -> sink.addDoubleCounter(instrument, value, required, optional));
  }

  @Override
  public void addLongCounter(
      LongCounterMetricInstrument instrument,
      long value,
      List<String> required,
      List<String> optional) {
    forEach(instrument, sink -> sink.addLongCounter(instrument, value, required, optional));
  }

  @Override
  public void addLongUpDownCounter(
      LongUpDownCounterMetricInstrument instrument,
      long value,
      List<String> required,
      List<String> optional) {
    forEach(instrument, sink -> sink.addLongUpDownCounter(instrument, value, required, optional));
  }

  @Override
  public void recordDoubleHistogram(
      DoubleHistogramMetricInstrument instrument,
      double value,
      List<String> required,
      List<String> optional) {
    forEach(instrument, sink -> sink.recordDoubleHistogram(instrument, value, required, optional));
  }

  @Override
  public void recordLongHistogram(
      LongHistogramMetricInstrument instrument,
      long value,
      List<String> required,
      List<String> optional) {
    forEach(instrument, sink -> sink.recordLongHistogram(instrument, value, required, optional));
  }

  @Override
  public Registration registerBatchCallback(
      BatchCallback callback, CallbackMetricInstrument... instruments) {
    List<Registration> registrations = new ArrayList<>();
    for (MetricSink sink : sinks) {
      guard(sink, () -> {
        for (CallbackMetricInstrument instrument : instruments) {
          announce(sink, instrument);
        }
        @Nullable
        Registration made =
            sink.registerBatchCallback(() -> callback.accept(recorder(sink)), instruments);
        if (made != null) {
          registrations.add(() -> guard(sink, made::close));
        }
      });
    }
    return () -> registrations.forEach(Registration::close);
  }

  private BatchRecorder recorder(MetricSink sink) {
    return new BatchRecorder() {
      @Override
      public void recordLongGauge(
          LongGaugeMetricInstrument instrument,
          long value,
          List<String> required,
          List<String> optional) {
        guard(sink, () -> sink.recordLongGauge(instrument, value, required, optional));
      }
    };
  }

  private void forEach(MetricInstrument instrument, Consumer<MetricSink> record) {
    for (MetricSink sink : sinks) {
      guard(sink, () -> {
        announce(sink, instrument);
        record.accept(sink);
      });
    }
  }

  /** Gives a sink the instruments that were registered after it was made. */
  private static void announce(MetricSink sink, MetricInstrument instrument) {
    if (sink.getMeasuresSize() <= instrument.getIndex()) {
      sink.updateMeasures(MetricInstrumentRegistry.getDefaultRegistry().getMetricInstruments());
    }
  }

  private void guard(MetricSink sink, Runnable call) {
    try {
      call.run();
    } catch (Throwable t) {
      sinks.remove(sink);
      LOGGER.log(Level.WARNING, "A metric sink threw and gets nothing more: " + sink.getClass(), t);
    }
  }
}
