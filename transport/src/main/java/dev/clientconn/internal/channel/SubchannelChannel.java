// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.call.CallEnvironment;
import dev.clientconn.internal.call.CallReports;
import dev.clientconn.internal.call.ClientCallImpl;
import dev.clientconn.internal.call.FailedCall;
import dev.clientconn.internal.call.RetryBufferLimit;
import dev.clientconn.internal.call.TransportSource.PendingPick;
import dev.clientconn.internal.call.UnsentCalls;
import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.serviceconfig.MethodConfig;
import dev.clientconn.internal.transport.ChannelWaits;
import dev.clientconn.transport.TransportListener;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Makes the calls that a load-balancing policy sends over the connection of one subchannel: health
 * checks and load reports. They have neither interceptors nor the channel's call credentials nor
 * its service config, and are no calls of the application: they are not reported, do not keep the
 * channel from idleness, and end with the subchannel.
 */
@CrossesThreads
final class SubchannelChannel extends Channel {
  private static final Status WAIT_FOR_READY = Status.UNAVAILABLE.withDescription(
      "A call over a subchannel's own connection cannot wait for ready");

  private final Subchannel subchannel;
  private final AddrConnView view;
  private final ChannelContext context;
  private final String authority;

  // Guarded by this
  /** Created for the first call, as most policies make none. */
  private Set<SubchannelCall> calls = Set.of();

  private @Nullable UnsentCalls unsent;
  private @Nullable ChannelWaits waits;
  private @Nullable Status ended;

  /**
   * @param authority of the calls
   */
  SubchannelChannel(
      Subchannel subchannel, AddrConnView view, ChannelContext context, String authority) {
    this.subchannel = subchannel;
    this.view = view;
    this.context = context;
    this.authority = authority;
  }

  @Override
  public <ReqT, RespT> ClientCall<ReqT, RespT> newCall(
      MethodDescriptor<ReqT, RespT> method, CallOptions callOptions) {
    if (callOptions.isWaitForReady()) {
      Executor own = callOptions.getExecutor();
      return new FailedCall<>(WAIT_FOR_READY, own == null ? executor() : own, Context.current());
    }
    SubchannelCall call = new SubchannelCall(subchannel, view, this::add, this::remove);
    return new ClientCallImpl<>(method, callOptions, environment(call));
  }

  /** The application's executor may be busy with its calls, and the policy waits for these. */
  private Executor executor() {
    return context.threads().offloadExecutor();
  }

  private synchronized CallEnvironment environment(SubchannelCall call) {
    if (unsent == null || waits == null) {
      unsent = new UnsentCalls(context.timers());
      waits = new ChannelWaits();
    }
    ChannelOptions options = context.options();
    return new CallEnvironment(
        call,
        method -> MethodConfig.NONE,
        executor(),
        executor(),
        context.timers(),
        authority,
        options.compressors(),
        options.decompressors(),
        options.maxInboundMessageSize(),
        options.retries(),
        new RetryBufferLimit(options.retries().buffers()),
        () -> null,
        context.random(),
        context.threads().nanoTime(),
        TransportListener.NONE,
        new CallReports(List.of()),
        waits,
        call,
        unsent);
  }

  /** Returns the status that a call which starts now ends with, {@code null} for none. */
  private synchronized @Nullable Status add(SubchannelCall call) {
    if (calls.isEmpty()) {
      calls = new HashSet<>();
    }
    calls.add(call);
    return ended;
  }

  private synchronized void remove(SubchannelCall call) {
    calls.remove(call);
  }

  /** Whether a call was ever made. */
  synchronized boolean wasUsed() {
    return unsent != null;
  }

  /** Whether calls are in progress. */
  synchronized boolean isUsed() {
    return !calls.isEmpty();
  }

  /** Fails a pick that has waited for a stream slot, if a call of this channel made it. */
  boolean failWaiting(PendingPick pick) {
    return copyOfCalls().stream().anyMatch(call -> call.failWaiting(pick));
  }

  /** Ends all calls, and from now on each that is started. */
  void end(Status reason) {
    UnsentCalls opening;
    synchronized (this) {
      ended = reason;
      opening = unsent;
    }
    if (opening != null) {
      opening.end(reason);
    }
    copyOfCalls().forEach(call -> call.end(reason));
  }

  private synchronized List<SubchannelCall> copyOfCalls() {
    return List.copyOf(calls);
  }

  @Override
  public String authority() {
    return authority;
  }
}
