// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.foreign;

import dev.clientconn.testing.TestMetricSink;
import io.grpc.InternalManagedChannelBuilder;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LongCounterMetricInstrument;
import java.util.List;

/** Throws from a metric sink, in which a policy records a value at each pick. */
final class FaultySink extends TestMetricSink {
  private static final LongCounterMetricInstrument PICKS = counter("dev.clientconn.test.picks");

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
  public void addLongCounter(
      LongCounterMetricInstrument instrument,
      long value,
      List<String> required,
      List<String> optional) {
    fault.strike();
  }
}
