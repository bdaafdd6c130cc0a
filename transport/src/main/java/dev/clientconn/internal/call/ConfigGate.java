// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.InternalConfigSelector;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds the calls that were started before the service config was known, in the order of their
 * start, until the name resolver's first result. After that it costs a call one volatile read. It
 * is closed again when another name resolver takes over that has not sent a result yet, or when the
 * one in force, which selects the config of each call, is shut down.
 */
@CrossesThreads
public final class ConfigGate {
  /** Immutable, but {@code remove} does nothing where there is nothing. */
  private static final Set<PendingCall<?, ?>> NONE = Collections.emptySet();

  private final Runnable onWait;
  /** Calls that have not begun, including released ones whose executor has not run yet. */
  private Set<PendingCall<?, ?>> waiting = new LinkedHashSet<>(1);

  private volatile int waitingCount;

  // Written under the lock, all three together; read without it:
  //   open  selector  direct   a call that is made now
  //   no    none      no       waits (PendingCall)
  //   yes   one       no       asks the selector when it starts (SelectingCall)
  //   yes   none      yes      begins with the service config of the channel (ClientCallImpl)
  // A reader may see some fields before and some after a change. So each class of call looks again
  // when it starts, and PendingCall, which all others fall back to, enters under the lock.

  private volatile boolean open;
  private volatile @Nullable InternalConfigSelector selector;
  /** Derived from the other two, so that an ordinary call reads one field. */
  private volatile boolean direct;

  private boolean ended;

  /**
   * @param open whether the config is known from the start
   * @param onWait runs after a call has begun to wait: the channel may be idle
   */
  public ConfigGate(boolean open, Runnable onWait) {
    this.open = open;
    this.direct = open;
    this.onWait = onWait;
  }

  /** Whether a call may begin at once, with the service config of the channel. */
  public boolean isDirect() {
    return direct;
  }

  /** Selects the config of each call; {@code null} where the service config applies. */
  @Nullable
  InternalConfigSelector selector() {
    return selector;
  }

  /** Makes the call of a channel whose gate is not {@linkplain #isDirect direct}. */
  public <ReqT, RespT> ClientCall<ReqT, RespT> newCall(
      MethodDescriptor<ReqT, RespT> method, CallOptions options, CallEnvironment environment) {
    return open && selector != null
        ? new SelectingCall<>(method, options, environment, this)
        : new PendingCall<>(method, options, environment, this);
  }

  /** Sets what selects the config of each call from now on, {@code null} for nothing. */
  public synchronized void useSelector(@Nullable InternalConfigSelector used) {
    selector = used;
    direct = open && used == null;
  }

  /** The number of calls that wait. */
  public int waitingCalls() {
    return waitingCount;
  }

  /** Lists the calls that wait. */
  public List<WaitingCall> waiting() {
    List<PendingCall<?, ?>> copy;
    synchronized (this) {
      copy = List.copyOf(waiting);
    }
    return copy.stream().map(PendingCall::describeWait).toList();
  }

  /**
   * Adds a call, which {@link PendingCall#release} will begin. Returns false if the config is
   * known.
   */
  boolean enter(PendingCall<?, ?> call) {
    // The flag is read under the lock that copies the calls: none can enter after the copy.
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
      dropIfUnused();
    }
  }

  /**
   * The config is known, or cannot be: releases the calls, the oldest first. Any number of times.
   */
  public void open() {
    if (!open) {
      openAndCopy().forEach(PendingCall::release);
    }
  }

  /** The config is not known any more. Calls that were released and have not begun wait again. */
  public synchronized void close() {
    if (open && !ended) {
      open = false;
      direct = false;
      selector = null;
      waiting = new LinkedHashSet<>(waiting);
    }
  }

  /** Ends all calls that have not begun: the channel has ended, and no call waits any more. */
  public void end(Status reason) {
    synchronized (this) {
      ended = true;
      // Its resolver is shut down next: a call that was made before and starts now must not ask it.
      selector = null;
    }
    openAndCopy().forEach(call -> call.end(reason));
  }

  private synchronized List<PendingCall<?, ?>> openAndCopy() {
    open = true;
    direct = selector == null;
    List<PendingCall<?, ?>> copy = List.copyOf(waiting);
    dropIfUnused();
    return copy;
  }

  /** An idle channel need not retain an empty set: no call enters while the gate is open. */
  private void dropIfUnused() {
    if (open && waiting.isEmpty()) {
      waiting = NONE;
    }
  }
}
