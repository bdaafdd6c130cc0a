// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.call.CallEnvironment;
import dev.clientconn.internal.call.CallReports;
import dev.clientconn.internal.call.ClientCallImpl;
import dev.clientconn.internal.call.ConfigGate;
import dev.clientconn.internal.call.FailedCall;
import dev.clientconn.internal.call.RetryBufferLimit;
import dev.clientconn.internal.concurrent.ChannelThreads;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.CompositeCallCredentials;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Makes the calls of a channel, below its interceptors. Immutable. */
public final class CallChannel extends Channel {
  private final CallEnvironment environment;
  private final ShutdownLatch latch;
  private final ConfigGate gate;
  private final @Nullable CallCredentials channelCredentials;

  private CallChannel(
      CallEnvironment environment,
      ShutdownLatch latch,
      ConfigGate gate,
      @Nullable CallCredentials credentials) {
    this.environment = environment;
    this.latch = latch;
    this.gate = gate;
    this.channelCredentials = credentials;
  }

  /** Makes the channel that applications call, with the core's first configuration. */
  public static Channel create(ChannelCore core, ChannelOptions options, ChannelThreads threads) {
    return create(core, options, threads, core.authority());
  }

  /**
   * Makes the channel that applications call: interceptors, binary log, then this class. All
   * channels of a core share what its calls wait in, so that a call may end under another
   * configuration than it was made with.
   */
  static Channel create(
      ChannelCore core, ChannelOptions options, ChannelThreads threads, String authority) {
    CallEnvironment environment = new CallEnvironment(
        core.transports(),
        core.serviceConfig()::methodConfig,
        threads.executor(),
        threads.offloadExecutor(),
        threads.timers(),
        authority,
        options.compressors(),
        options.decompressors(),
        options.maxInboundMessageSize(),
        options.retries(),
        new RetryBufferLimit(options.retries().buffers()),
        core.serviceConfig()::retryThrottle,
        core.random(),
        threads.nanoTime(),
        options.scaling().listener(),
        new CallReports(options.reportListeners()),
        core.waits(),
        core.calls(),
        core.unsent());
    Channel channel =
        new CallChannel(environment, core.latch(), core.gate(), options.callCredentials());
    if (options.binaryLog() != null) {
      channel = options.binaryLog().wrapChannel(channel);
    }
    // The channel of a binary log is wrapped, too: only final fields make it safe to publish this
    // channel to threads without a volatile write.
    return options.interceptors().isEmpty() && options.binaryLog() == null
        ? channel
        : new InterceptedChannel(channel, options.interceptors());
  }

  @Override
  public <ReqT, RespT> ClientCall<ReqT, RespT> newCall(
      MethodDescriptor<ReqT, RespT> method, CallOptions callOptions) {
    if (latch.isBegun()) {
      Executor own = callOptions.getExecutor();
      return new FailedCall<>(
          latch.reason(),
          own == null ? environment.executor() : own,
          Context.current(),
          end -> environment.reports().reportRefused(method, callOptions, end));
    }
    CallOptions options = withChannelCredentials(callOptions);
    return gate.isDirect()
        ? new ClientCallImpl<>(method, options, environment)
        : gate.newCall(method, options, environment);
  }

  private CallOptions withChannelCredentials(CallOptions callOptions) {
    if (channelCredentials == null) {
      return callOptions;
    }
    CallCredentials own = callOptions.getCredentials();
    return callOptions.withCallCredentials(
        own == null ? channelCredentials : new CompositeCallCredentials(channelCredentials, own));
  }

  @Override
  public String authority() {
    return environment.authority();
  }
}
