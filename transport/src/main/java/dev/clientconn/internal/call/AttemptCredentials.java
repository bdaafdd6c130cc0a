// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.transport.WaitCause;
import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.function.Consumer;

/**
 * Obtains the metadata of one attempt from the call credentials, and makes the attempt wait where
 * they do not respond before they return: the channel then knows it, for its end and for its list
 * of streams.
 *
 * <p>Most credentials respond at once, with a header that they have. Such a call has not waited,
 * and needs no {@link CallTimeline}. So one that has none gets it late: once the credentials have
 * returned without a response, have responded after a time that counts, or the attempt has ended.
 * These come on different threads; a lock makes the first of them record the wait, before the next
 * step of the call changes what it waits for.
 */
@CrossesThreads
final class AttemptCredentials extends CredentialsApplier implements UnsentCalls.Waiting {
  /** Less counts as part of the call's turn: no status shows less than a millisecond. */
  static final long LEAST_WAIT_NANOS = 1_000_000;

  private final TransportSource.PendingPick attempt;
  private final CallPlan plan;
  private final ClientTransport picked;
  private final CallTimeline.Owner times;
  private final Consumer<Metadata> onMetadata;

  private volatile boolean registered;

  // Guarded by this
  private long askedAt;
  private boolean unrecorded;

  /**
   * @param attempt waits for the metadata, and is notified of a failure
   * @param picked has reserved a stream for the attempt
   * @param onMetadata opens the stream, if the attempt is still wanted; on any thread
   */
  AttemptCredentials(
      TransportSource.PendingPick attempt,
      CallPlan plan,
      ClientTransport picked,
      CallTimeline.Owner times,
      Consumer<Metadata> onMetadata) {
    this.attempt = attempt;
    this.plan = plan;
    this.picked = picked;
    this.times = times;
    this.onMetadata = onMetadata;
  }

  void obtain(CallCredentials credentials) {
    String own = plan.authority();
    // Not the channel's: its configuration, and so its authority, may have changed since.
    String known = own == null ? picked.authority() : own;
    beginWait();
    ask(credentials, plan, new Request(plan, known, picked.attributes()));
    if (attempt.isWanted()) {
      recordWait(0);
      register();
    } else {
      // Without effect where the credentials have responded at once, and the stream is there.
      picked.releaseReservation();
    }
  }

  /** Before they are asked: their response may come on another thread, and begin the next step. */
  private synchronized void beginWait() {
    askedAt = now();
    CallTimeline known = times.timeline();
    unrecorded = known == null;
    if (known != null) {
      known.changeTo(WaitCause.CREDENTIALS, askedAt);
    }
  }

  /** Creates the timeline of the call, if it has none and has waited so long. */
  private synchronized void recordWait(long least) {
    if (unrecorded && now() - askedAt >= least) {
      times.createTimeline(askedAt).changeTo(WaitCause.CREDENTIALS, askedAt);
    }
    unrecorded = false;
  }

  private long now() {
    return plan.environment().nanoTime().getAsLong();
  }

  @Override
  void onMetadata(Metadata metadata) {
    recordWait(LEAST_WAIT_NANOS);
    onMetadata.accept(metadata);
  }

  @Override
  void onFailure(Status status) {
    recordWait(LEAST_WAIT_NANOS);
    attempt.onFailed(status);
  }

  /**
   * Registers the attempt, which neither the picker nor a transport knows, for the channel's end.
   */
  private void register() {
    registered = true;
    plan.environment().unsent().addWaiting(this);
    if (!attempt.isWanted()) {
      stopWaiting();
    }
  }

  /** The attempt has ended. Its call reads next what it has waited for. Any thread. */
  void abandon() {
    recordWait(0);
  }

  /** The attempt has a stream or has ended. Any thread, any number of times. */
  void stopWaiting() {
    if (registered) {
      plan.environment().unsent().removeWaiting(this);
      // Without effect where the attempt has its stream.
      picked.releaseReservation();
    }
  }

  /** The channel has ended. */
  @Override
  public void cancel(Status reason) {
    attempt.cancel(reason);
  }

  @Override
  public WaitingCall describeWait() {
    // Under the name that the attempt had while it waited for its transport.
    return plan.describeWait(attempt, WaitCause.CREDENTIALS);
  }
}
