// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.testing;

import io.grpc.DoubleHistogramMetricInstrument;
import io.grpc.LongCounterMetricInstrument;
import io.grpc.LongUpDownCounterMetricInstrument;
import io.grpc.MetricInstrument;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Records each value with its labels, those that are not empty, in the form of a sentence. */
public class RecordingMetricSink extends TestMetricSink {
  public final BlockingQueue<String> values = new LinkedBlockingQueue<>();

  @Override
  public void addLongCounter(
      LongCounterMetricInstrument instrument,
      long value,
      List<String> required,
      List<String> optional) {
    record(instrument, value, required, optional);
  }

  @Override
  public void addLongUpDownCounter(
      LongUpDownCounterMetricInstrument instrument,
      long value,
      List<String> required,
      List<String> optional) {
    record(instrument, value, required, optional);
  }

  @Override
  public void recordDoubleHistogram(
      DoubleHistogramMetricInstrument instrument,
      double value,
      List<String> required,
      List<String> optional) {
    record(instrument, value, required, optional);
  }

  private void record(
      MetricInstrument instrument, Number value, List<String> required, List<String> optional) {
    List<String> labels = new ArrayList<>();
    addLabels(instrument.getRequiredLabelKeys(), required, labels);
    addLabels(instrument.getOptionalLabelKeys(), optional, labels);
    values.add(instrument.getName() + " " + value + " " + labels);
  }

  private static void addLabels(List<String> keys, List<String> values, List<String> to) {
    if (keys.size() != values.size()) {
      throw new IllegalArgumentException(keys + " cannot have the values " + values);
    }
    for (int i = 0; i < values.size(); i++) {
      if (!values.get(i).isEmpty()) {
        to.add(keys.get(i) + "=" + values.get(i));
      }
    }
  }
}
