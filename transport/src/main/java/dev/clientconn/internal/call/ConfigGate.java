// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.Status;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Holds the calls that were started before the service config was known, in the order of their
 * start, until the name resolver's first result. After that it is one volatile read per call.
 */
@CrossesThreads
public final class ConfigGate {
  private final Runnable onWait;
  /** Calls that have not begun; those that were released and wait for their executor included. */
  private final Set<PendingCall<?, ?>> waiting = new LinkedHashSet<>(1);

  private volatile int waitingCount;
  private volatile boolean open;

  /**
   * Runs {@code onWait} after a call has begun to wait: the channel may be idle.
   *
   * @param open whether the config is known from the start
   */
  public ConfigGate(boolean open, Runnable onWait) {
    this.open = open;
    this.onWait = onWait;
  }

  /** Whether the config is known: it then stays so. */
  public boolean isOpen() {
    return open;
  }

  /** How many calls wait. */
  public int waitingCalls() {
    return waitingCount;
  }

  /**
   * Lets a call wait; {@link PendingCall#release} follows. Returns {@code false} if the config is
   * known.
   */
  boolean enter(PendingCall<?, ?> call) {
    synchronized (this) {
      if (open) {
        return false;
      }
      waiting.add(call);
      waitingCount = waiting.size();
    }
    onWait.run();
    return true;
  }

  void leave(PendingCall<?, ?> call) {
    synchronized (this) {
      waiting.remove(call);
      waitingCount = waiting.size();
    }
  }

  /**
   * The config is known, or an error in its place: releases the calls, the oldest first. Any number
   * of times.
   */
  public void open() {
    if (!open) {
      openAndCopy().forEach(PendingCall::release);
    }
  }

  /** The channel has ended: ends all calls that have not begun. */
  public void end(Status reason) {
    openAndCopy().forEach(call -> call.end(reason));
  }

  private synchronized List<PendingCall<?, ?>> openAndCopy() {
    open = true;
    return List.copyOf(waiting);
  }
}
