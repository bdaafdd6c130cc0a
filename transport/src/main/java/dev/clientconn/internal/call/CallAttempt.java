// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.transport.ClientStream;
import dev.clientconn.internal.transport.ClientTransport;
import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One try to get a call through: pick, credentials, stream. Whoever answers the current step runs the next one (caller,
 * control plane, credentials), never two at a time; {@link CallState} decides where two want to end the call. What
 * the stream's events come to is {@link AttemptListener}' job.
 */
@CrossesThreads
final class CallAttempt implements TransportSource.PendingPick, UnsentCalls.Entry {
  private final ActiveCall call;
  private final boolean transparentRetry;
  private CallPlan plan;
  /** {@code null} for none: the usual case then needs no volatile write. */
  private volatile @Nullable CallTracers tracers;

  private @Nullable ClientTransport transport;
  private @Nullable ClientStream stream;
  /** Until the attempt has a stream; the transport watches the deadline from then on. */
  private volatile @Nullable Future<?> deadlineTimer;
  private volatile boolean awaitsCredentials;

  CallAttempt(ActiveCall call, boolean transparentRetry) {
    this.call = call;
    this.plan = call.plan();
    this.transparentRetry = transparentRetry;
  }

  ActiveCall call() {
    return call;
  }

  // ---- Opening

  /** Makes the tracers, before anybody can end the attempt. Returns why it cannot go on, if so. */
  @Nullable
  Status prepare() {
    if (plan.getCallOptions().getStreamTracerFactories().isEmpty()) {
      return null;
    }
    ownHeaders();
    Context previous = plan.context().attach();
    try {
      tracers = CallTracers.create(plan, transparentRetry);
      return null;
    } catch (Throwable e) {
      return unexpected(e);
    } finally {
      plan.context().detach(previous);
    }
  }

  /** Asks for a transport; the call is this attempt's already. */
  void begin() {
    TransportSource transports = plan.environment().transports();
    try {
      transports.pick(this);
    } catch (Throwable e) {
      failed(e);
    }
    if (call.latch().isOpening(this)) {
      watchDeadline();
    } else if (call.latch().isOver()) {
      // A cancel may have come before the pick was known to the source.
      transports.cancel(this);
    }
  }

  /** The user's metadata stays as it is, or a second attempt would add everything twice. */
  private void ownHeaders() {
    if (plan.getHeaders() == call.plan().getHeaders()) {
      plan = plan.withOwnHeaders();
    }
  }

  private void watchDeadline() {
    CallDeadline deadline = plan.callDeadline();
    if (deadline == null) {
      return;
    }
    try {
      deadlineTimer = deadline.schedule(plan.environment().timers(), this::deadlinePassed);
    } catch (RejectedExecutionException e) {
      call.fail(
          this, Status.UNAVAILABLE.withDescription("The channel is shut down").withCause(e));
      return;
    }
    if (!call.latch().isOpening(this)) {
      // It has a stream or has ended, and disarm() may have come before there was a timer.
      disarm();
    }
  }

  @Override
  public void deadlinePassed() {
    CallDeadline deadline = plan.callDeadline();
    if (deadline != null) {
      call.fail(this, deadline.exceeded(waitsFor()));
    }
  }

  @Override
  public @Nullable CallDeadline deadline() {
    return plan.callDeadline();
  }

  /** Ends the call, with the attempt or without. */
  @Override
  public void cancel(Status reason) {
    call.cancel(reason);
  }

  String waitsFor() {
    if (stream != null) {
      return "the server's response";
    }
    return transport != null
        ? "the call credentials"
        : "name resolution or a connection to " + plan.environment().authority();
  }

  /** The call has ended while this was opening; an answer that comes still will find the latch shut. */
  void abandon() {
    plan.environment().transports().cancel(this);
    disarm();
  }

  /** The attempt has a stream or has ended: nothing needs to look after it here any more. */
  private void disarm() {
    leaveUnsent();
    Future<?> timer = deadlineTimer;
    if (timer != null) {
      timer.cancel(false);
    }
  }

  /** Something threw while the attempt was opened; Errors end one call, too, and not the channel. */
  private void failed(Throwable thrown) {
    Status status = unexpected(thrown);
    call.fail(this, status);
    ClientStream opened = stream;
    if (opened != null) {
      opened.cancel(status);
    }
  }

  private static Status unexpected(Throwable e) {
    return Status.INTERNAL.withDescription("The call could not be opened: " + e).withCause(e);
  }

  @Override
  public PickSubchannelArgs args() {
    CallTracers known = tracers;
    return known == null ? plan : new TracedPickArgs(plan, known);
  }

  @Override
  public void onWaiting() {
    tracers().createPendingStream();
  }

  @Override
  public boolean waitForReady() {
    return plan.waitForReady();
  }

  @Override
  public void onFailed(Status status) {
    call.fail(this, status);
  }

  @Override
  public void onPicked(ClientTransport picked, PickResult result) {
    if (!call.latch().isOpening(this)) {
      return;
    }
    try {
      transport = picked;
      plan = plan.withAuthority(result.getAuthorityOverride());
      addBalancersTracer(result.getStreamTracerFactory());
      CallCredentials credentials = plan.getCallOptions().getCredentials();
      if (credentials == null) {
        openStream(picked);
      } else {
        askCredentials(picked, credentials);
      }
    } catch (Throwable e) {
      failed(e);
    }
  }

  private void addBalancersTracer(ClientStreamTracer.@Nullable Factory factory) {
    if (factory != null) {
      ownHeaders();
      Context previous = plan.context().attach();
      try {
        tracers = tracers().with(factory, plan, transparentRetry);
      } finally {
        plan.context().detach(previous);
      }
    }
  }

  private void askCredentials(ClientTransport picked, CallCredentials credentials) {
    String own = plan.authority();
    String known = own == null ? plan.environment().authority() : own;
    CredentialsApplier.Request request =
        new CredentialsApplier.Request(plan, known, picked.attributes());
    new CredentialsApplier(this).ask(credentials, plan, request);
    if (call.latch().isOpening(this)) {
      awaitCredentials();
    }
  }

  /** Neither the picker nor a transport knows the call now; the channel's end must reach it. */
  private void awaitCredentials() {
    awaitsCredentials = true;
    plan.environment().unsent().addWaiting(this);
    if (!call.latch().isOpening(this)) {
      leaveUnsent();
    }
  }

  private void leaveUnsent() {
    if (awaitsCredentials) {
      plan.environment().unsent().removeWaiting(this);
    }
  }

  void onCredentials(Metadata metadata) {
    ClientTransport picked = transport;
    if (picked == null || !call.latch().isOpening(this)) {
      return;
    }
    try {
      ownHeaders();
      plan.getHeaders().merge(metadata);
      openStream(picked);
    } catch (Throwable e) {
      failed(e);
    }
  }

  void onCredentialsFailed(Status status) {
    call.fail(this, status);
  }

  private void openStream(ClientTransport picked) {
    notifyStreamCreated(picked);
    ClientStream opened = picked.newStream(plan, new AttemptListener(this));
    stream = opened;
    // Before the stream starts, for its events may ask at once whether it is ready.
    call.latch().bind(this);
    if (!call.request().attach(this) || !call.latch().started(this, opened)) {
      opened.cancel(Status.CANCELLED.withDescription("The call ended while its stream was opened"));
    }
    disarm();
  }

  private void notifyStreamCreated(ClientTransport picked) {
    CallTracers made = tracers;
    if (made != null) {
      Context previous = plan.context().attach();
      try {
        made.streamCreated(picked, plan.getHeaders());
      } finally {
        plan.context().detach(previous);
      }
    }
  }

  // ---- Sending: the request side's

  void start(@Nullable FramedMessage first, boolean endOfStream) {
    tracers().outboundHeaders();
    if (first != null) {
      tracers().outboundMessage(first);
    }
    stream().start(first, endOfStream);
  }

  void write(FramedMessage message) {
    tracers().outboundMessage(message);
    stream().write(message);
  }

  void halfClose() {
    stream().halfClose();
  }

  /** Only for those who have seen it bound. */
  ClientStream stream() {
    if (stream == null) {
      throw new IllegalStateException("no stream yet");
    }
    return stream;
  }

  Attributes transportAttributes() {
    return transport == null ? Attributes.EMPTY : transport.attributes();
  }

  CallTracers tracers() {
    CallTracers known = tracers;
    return known == null ? CallTracers.NONE : known;
  }
}
