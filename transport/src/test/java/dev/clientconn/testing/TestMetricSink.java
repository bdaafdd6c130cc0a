// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.testing;

import io.grpc.LongCounterMetricInstrument;
import io.grpc.MetricInstrument;
import io.grpc.MetricInstrumentRegistry;
import io.grpc.MetricSink;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Ignores all values; a subclass records those that it needs. */
public abstract class TestMetricSink implements MetricSink {

  /** How many instruments the sink has been given. */
  public int measures;

  /** Registers a counter without labels. */
  public static LongCounterMetricInstrument counter(String name) {
    return MetricInstrumentRegistry.getDefaultRegistry()
        .registerLongCounter(name, "of a test", "{1}", List.of(), List.of(), false);
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
  public void updateMeasures(List<MetricInstrument> instruments) {
    measures = instruments.size();
  }
}
