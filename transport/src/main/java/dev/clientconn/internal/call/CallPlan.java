// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.serviceconfig.HedgingPolicy;
import dev.clientconn.internal.serviceconfig.MethodConfig;
import dev.clientconn.internal.serviceconfig.RetryPolicy;
import dev.clientconn.internal.transport.ChannelDefaults;
import dev.clientconn.internal.transport.StreamParameters;
import dev.clientconn.transport.WaitCause;
import io.grpc.CallOptions;
import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Holds the parameters of one call: its options merged with the service config and the channel's
 * settings. A parameter object, immutable but for the metadata, which pickers may add to; what the
 * call does with it is {@link ActiveCall}'s part.
 */
class CallPlan extends PickSubchannelArgs implements StreamParameters {
  private final MethodDescriptor<?, ?> method;
  private final MethodConfig config;
  private final CallOptions options;
  private final CallEnvironment environment;
  private final Context context;
  private final @Nullable CallDeadline deadline;
  private final @Nullable Compressor compressor;
  private final @Nullable String authority;
  private final Metadata headers;

  CallPlan(
      MethodDescriptor<?, ?> method,
      CallOptions options,
      CallEnvironment environment,
      Context context,
      Metadata headers) {
    this.method = method;
    this.environment = environment;
    this.config = environment.methodConfigs().apply(method);
    this.options = config.applyTo(options, environment.maxInboundMessageSize());
    this.context = context;
    this.deadline = CallDeadline.of(this.options, context);
    String name = options.getCompressor();
    this.compressor = name == null ? null : environment.compressors().lookupCompressor(name);
    this.authority = options.getAuthority();
    this.headers = headers;
  }

  CallPlan(CallPlan other, @Nullable String authority, Metadata headers) {
    this.method = other.method;
    this.config = other.config;
    this.options = other.options;
    this.environment = other.environment;
    this.context = other.context;
    this.deadline = other.deadline;
    this.compressor = other.compressor;
    this.authority = authority;
    this.headers = headers;
  }

  /** A copy with its own metadata, for an attempt that will add to it. */
  CallPlan withOwnHeaders() {
    Metadata own = new Metadata();
    own.merge(headers);
    return copy(authority, own);
  }

  /** A copy with the picker's authority, unless the call's options name one or the picker none. */
  CallPlan withAuthority(@Nullable String override) {
    return authority != null || override == null ? this : copy(override, headers);
  }

  /** A copy for an attempt that follows others; transparent retries do not count. */
  CallPlan forRetry(int previousAttempts) {
    return new RetriedPlan(this, authority, headers, previousAttempts);
  }

  CallPlan copy(@Nullable String authority, Metadata headers) {
    return new CallPlan(this, authority, headers);
  }

  /** The status of a call that must not ask for a transport, {@code null} if it may. */
  @Nullable
  Status refusal() {
    if (context.isCancelled()) {
      return Contexts.statusFromCancelled(context);
    }
    if (options.getCompressor() != null && compressor == null) {
      return Status.INTERNAL.withDescription(
          "Unable to find compressor by name " + options.getCompressor());
    }
    return deadline != null && deadline.expiredBeforeStart() ? deadline.startedAfterExpiry() : null;
  }

  @Override
  public MethodDescriptor<?, ?> method() {
    return method;
  }

  @Override
  public @Nullable String authority() {
    return authority;
  }

  @Override
  public @Nullable Deadline deadline() {
    return deadline == null ? null : deadline.deadline();
  }

  @Override
  public @Nullable String messageEncoding() {
    Compressor used = compressor();
    return used == null ? null : used.getMessageEncoding();
  }

  @Override
  public int previousAttempts() {
    return 0;
  }

  @Override
  public int onReadyThreshold() {
    Integer own = options.getOnReadyThreshold();
    return own == null ? DEFAULT_ON_READY_THRESHOLD : own;
  }

  @Override
  public Metadata metadata() {
    return headers;
  }

  /** {@code null} for none, and where the channel's options disable retries. */
  @Nullable
  RetryPolicy retryPolicy() {
    RetryPolicy policy = config.retryPolicy();
    return policy != null && environment.retries().enabled() ? policy : null;
  }

  /** Whether the outcome of the call counts for the channel's retry throttle. */
  boolean isThrottled() {
    return config.isThrottled();
  }

  @Nullable
  HedgingPolicy hedgingPolicy() {
    return config.hedgingPolicy();
  }

  /** 1 for a call that is not hedged, by its service config or by the channel's options. */
  int maxHedgedAttempts() {
    HedgingPolicy policy = config.hedgingPolicy();
    RetryOptions allowed = environment.retries();
    return policy == null || !allowed.enabled()
        ? 1
        : Math.min(policy.maxAttempts(), allowed.maxHedgedAttempts());
  }

  /** Describes the call while it waits without a stream. */
  WaitingCall describeWait(Object waiting, WaitCause cause) {
    return new WaitingCall(waiting, method.getFullMethodName(), OptionalLong.empty(), cause);
  }

  boolean waitForReady() {
    return options.isWaitForReady();
  }

  @Override
  public int maxInboundMessageSize() {
    Integer own = options.getMaxInboundMessageSize();
    Integer limit = own == null ? environment.maxInboundMessageSize() : own;
    return limit == null ? ChannelDefaults.MAX_INBOUND_MESSAGE_SIZE : limit;
  }

  int maxOutboundMessageSize() {
    Integer own = options.getMaxOutboundMessageSize();
    return own == null ? Integer.MAX_VALUE : own;
  }

  /** Compresses messages; {@code null} to send them as they are. */
  @Nullable
  Compressor compressor() {
    return compressor == Codec.Identity.NONE ? null : compressor;
  }

  @Nullable
  CallDeadline callDeadline() {
    return deadline;
  }

  /** The executor that runs the listener. */
  Executor executor() {
    Executor own = options.getExecutor();
    return own == null ? environment.executor() : own;
  }

  CallEnvironment environment() {
    return environment;
  }

  Context context() {
    return context;
  }

  boolean clientSendsOneMessage() {
    return method.getType().clientSendsOneMessage();
  }

  /** The call's options with the service config applied. */
  @Override
  public CallOptions getCallOptions() {
    return options;
  }

  @Override
  public Metadata getHeaders() {
    return headers;
  }

  @Override
  public MethodDescriptor<?, ?> getMethodDescriptor() {
    return method;
  }
}
