// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.foreign;

import io.grpc.InternalManagedChannelBuilder;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LongCounterMetricInstrument;
import io.grpc.MetricInstrument;
import io.grpc.MetricInstrumentRegistry;
import io.grpc.MetricSink;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A metric sink that may throw, and a policy that records a value in it at each pick. */
final class FaultySink implements MetricSink {
  private static final LongCounterMetricInstrument PICKS =
      MetricInstrumentRegistry.getDefaultRegistry()
          .registerLongCounter(
              "dev.clientconn.test.picks", "of a test", "{1}", List.of(), List.of(), false);

  private final Fault fault;

  private FaultySink(Fault fault) {
    this.fault = fault;
  }

  static void install(Place.Setup setup) {
    setup.withPolicy();
    InternalManagedChannelBuilder.addMetricSink(setup.builder, new FaultySink(setup.fault));
    setup.policy.picker = args -> {
      setup.policy.helper().getMetricRecorder().addLongCounter(PICKS, 1, List.of(), List.of());
      return PickResult.withSubchannel(setup.policy.subchannel());
    };
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
    return 0;
  }

  @Override
  public void addLongCounter(
      LongCounterMetricInstrument instrument,
      long value,
      List<String> required,
      List<String> optional) {
    fault.strike();
  }

  @Override
  public void updateMeasures(List<MetricInstrument> instruments) {}
}
