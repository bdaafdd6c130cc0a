// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import io.grpc.CallOptions;
import io.grpc.LoadBalancer.PickDetailsConsumer;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/**
 * Describes a call with tracers to a picker, and passes the labels of its choice to the tracers.
 * Immutable. For a call without tracers, {@link CallPlan} itself is the description.
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
