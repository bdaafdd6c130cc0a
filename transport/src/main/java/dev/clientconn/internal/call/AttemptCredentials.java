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
 */
@CrossesThreads
final class AttemptCredentials extends CredentialsApplier implements UnsentCalls.Waiting {
  private final TransportSource.PendingPick attempt;
  private final CallPlan plan;
  private final ClientTransport picked;
  private final CallTimeline.Owner times;
  private final Consumer<Metadata> onMetadata;

  private volatile boolean registered;

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
    long now = plan.environment().nanoTime().getAsLong();
    // Before they are asked: their response may come on another thread, and begin the next step.
    times.createTimeline(now).changeTo(WaitCause.CREDENTIALS, now);
    ask(credentials, plan, new Request(plan, known, picked.attributes()));
    if (attempt.isWanted()) {
      register();
    } else {
      // Without effect where the credentials have responded at once, and the stream is there.
      picked.releaseReservation();
    }
  }

  @Override
  void onMetadata(Metadata metadata) {
    onMetadata.accept(metadata);
  }

  @Override
  void onFailure(Status status) {
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
