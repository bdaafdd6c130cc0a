// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import io.grpc.CallOptions;
import io.grpc.LoadBalancer.PickDetailsConsumer;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/**
 * Gives a picker the call, and takes what it says of its choice for the call's tracers. Immutable.
 */
final class TracedPickArgs extends PickSubchannelArgs {
  private final CallPlan plan;
  private final CallTracers tracers;

  TracedPickArgs(CallPlan plan, CallTracers tracers) {
    this.plan = plan;
    this.tracers = tracers;
  }

  @Override
  public CallOptions getCallOptions() {
    return plan.getCallOptions();
  }

  @Override
  public Metadata getHeaders() {
    return plan.getHeaders();
  }

  @Override
  public MethodDescriptor<?, ?> getMethodDescriptor() {
    return plan.getMethodDescriptor();
  }

  @Override
  public PickDetailsConsumer getPickDetailsConsumer() {
    return tracers;
  }
}
