// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.transport.ClientStream;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.transport.WaitCause;
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
 * Opens one stream for a call: picks a transport, asks the call credentials, starts the stream.
 * Each step runs on the thread that completed the previous one (the application's, the control
 * plane's or the credentials'), never two at a time; a step that finds the call over does nothing.
 * The stream's events go to {@link AttemptListener}.
 */
@CrossesThreads
final class CallAttempt implements TransportSource.PendingPick, CallState.Opening {

  private final AttemptOwner owner;
  private final boolean transparentRetry;
  private boolean hasOwnHeaders;
  /** The call's, or a copy with metadata or an authority of this attempt. */
  private CallPlan plan;
  /** {@code null} for none, so that the usual case needs no volatile write. */
  private volatile @Nullable CallTracers tracers;

  private @Nullable ClientTransport transport;
  private @Nullable ClientStream stream;
  /** Until the attempt has a stream; the transport watches the deadline from then on. */
  private volatile @Nullable Future<?> deadlineTimer;

  /** {@code null} unless they were asked. */
  private volatile @Nullable AttemptCredentials credentials;

  /**
   * @param plan of this attempt: it counts those before
   */
  CallAttempt(AttemptOwner owner, CallPlan plan, boolean transparentRetry) {
    this.owner = owner;
    this.plan = plan;
    this.transparentRetry = transparentRetry;
  }

  /**
   * Creates the tracers. Called before other threads can end the attempt. Returns the status to
   * fail with if a factory threw.
   */
  @Nullable
  Status createTracers() {
    if (plan.getCallOptions().getStreamTracerFactories().isEmpty()) {
      return null;
    }
    // Factories may add to the metadata.
    copyHeaders();
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

  // ---- Pick

  /**
   * Asks for a transport; the owner's state is this attempt already.
   *
   * @param problem to fail with instead, {@code null} for none
   */
  void begin(@Nullable Status problem) {
    if (problem == null) {
      pick();
    } else {
      owner.fail(this, problem);
    }
  }

  private void pick() {
    TransportSource transports = plan.environment().transports();
    try {
      // Usually completes the pick, and starts the stream, before it returns.
      transports.pick(this);
    } catch (Throwable e) {
      failed(e);
    }
    if (owner.state().isOpening(this)) {
      watchDeadline();
    } else if (owner.state().isOver()) {
      // Cancelled, perhaps before the source knew the pick: abandon() found nothing there.
      transports.cancel(this);
    }
  }

  /** The application's metadata is not changed, or a second attempt would add everything twice. */
  private void copyHeaders() {
    if (!hasOwnHeaders) {
      hasOwnHeaders = true;
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
      owner.fail(
          this, Status.UNAVAILABLE.withDescription("The channel is shut down").withCause(e));
      return;
    }
    if (!owner.state().isOpening(this)) {
      // It has a stream or has ended, and stopWaiting() may have come before there was a timer.
      stopWaiting();
    }
  }

  private void deadlinePassed() {
    CallDeadline deadline = plan.callDeadline();
    if (deadline != null) {
      owner.fail(this, deadline.exceeded(waitsFor()));
    }
  }

  @Override
  public boolean isWanted() {
    return owner.state().isOpening(this);
  }

  @Override
  public boolean isDeadlinePassed() {
    CallDeadline deadline = plan.callDeadline();
    return deadline != null && deadline.remainingNanos() <= 0;
  }

  /** Ends the call, with the attempt or without. */
  @Override
  public void cancel(Status reason) {
    owner.cancel(reason);
  }

  /** Of the steps without a stream; the transport reports what a stream waits for. */
  private String waitsFor() {
    String slot = plan.environment().transports().waitsForSlot(this);
    if (slot != null) {
      return slot;
    }
    return credentials != null
        ? "the call credentials"
        : "name resolution or a connection to " + plan.environment().authority();
  }

  /** Steps that complete later will do nothing. */
  @Override
  public void abandon(Status reason) {
    plan.environment().transports().cancel(this);
    AttemptCredentials asked = credentials;
    if (asked != null) {
      asked.abandon();
    }
    stopWaiting();
  }

  /** The attempt has a stream or has ended: neither the timer nor the channel's end is of use. */
  private void stopWaiting() {
    AttemptCredentials asked = credentials;
    if (asked != null) {
      asked.stopWaiting();
    }
    Future<?> timer = deadlineTimer;
    if (timer != null) {
      timer.cancel(false);
    }
  }

  /** Foreign code threw in a step. Errors are caught too: they end the call, not the channel. */
  private void failed(Throwable thrown) {
    Status status = unexpected(thrown);
    owner.fail(this, status);
    ClientStream opened = stream;
    if (opened != null) {
      opened.cancel(status);
    } else {
      releaseReservation();
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
  public void onWaitingFor(WaitCause cause) {
    owner.createTimeline().changeTo(cause);
  }

  @Override
  public boolean waitForReady() {
    return plan.waitForReady();
  }

  /** Of the pick or of the credentials. */
  @Override
  public void onFailed(Status status) {
    owner.attemptFailed(this, status);
  }

  @Override
  public void onDropped(Status status) {
    owner.fail(this, status);
  }

  @Override
  public void onPicked(ClientTransport picked, PickResult result) {
    transport = picked;
    if (!owner.state().isOpening(this)) {
      releaseReservation();
      return;
    }
    try {
      plan = plan.withAuthority(result.getAuthorityOverride());
      addBalancersTracer(result.getStreamTracerFactory());
      CallCredentials ofCall = plan.getCallOptions().getCredentials();
      if (ofCall == null) {
        openStream(picked);
      } else {
        AttemptCredentials asked =
            new AttemptCredentials(this, plan, picked, owner, this::onMetadata);
        credentials = asked;
        asked.obtain(ofCall);
      }
    } catch (Throwable e) {
      failed(e);
    }
  }

  private void addBalancersTracer(ClientStreamTracer.@Nullable Factory factory) {
    if (factory != null) {
      copyHeaders();
      Context previous = plan.context().attach();
      try {
        tracers = tracers().with(factory, plan, transparentRetry);
      } finally {
        plan.context().detach(previous);
      }
    }
  }

  /** The attempt makes no stream on the transport that was picked for it. */
  private void releaseReservation() {
    ClientTransport picked = transport;
    if (picked != null) {
      picked.releaseReservation();
    }
  }

  /** Of the call credentials. */
  private void onMetadata(Metadata metadata) {
    ClientTransport picked = transport;
    if (picked == null || !owner.state().isOpening(this)) {
      return;
    }
    try {
      copyHeaders();
      plan.getHeaders().merge(metadata);
      openStream(picked);
    } catch (Throwable e) {
      failed(e);
    }
  }

  // ---- Stream

  private void openStream(ClientTransport picked) {
    notifyStreamCreated(picked);
    CallTracers complete = tracers();
    ClientStream opened = picked.newStream(plan, owner.listener(complete));
    if (complete != CallTracers.NONE) {
      opened = new TracedStream(opened, complete);
    }
    stream = opened;
    CallTimeline timeline = owner.timeline();
    if (timeline != null) {
      // Before the start: from then on the event loop measures, until the stream has ended.
      timeline.changeTo(WaitCause.TURN);
    }
    if (!owner.startStream(this, opened)) {
      opened.cancel(Status.CANCELLED.withDescription("The call ended while its stream was opened"));
    }
    stopWaiting();
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

  /**
   * For callers that got this attempt from {@link ActiveCall}, which publishes it with a stream.
   */
  ClientStream stream() {
    if (stream == null) {
      throw new IllegalStateException("no stream yet");
    }
    return stream;
  }

  Attributes transportAttributes() {
    return transport == null ? Attributes.EMPTY : transport.attributes();
  }

  @Override
  public CallTracers tracers() {
    CallTracers known = tracers;
    return known == null ? CallTracers.NONE : known;
  }
}
