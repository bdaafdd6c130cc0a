// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.internal.transport.TransportObserver;
import dev.clientconn.transport.TransportSnapshot.State;
import io.grpc.Attributes;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Tracks the state of a connection and reports each change to its owner once. States only move
 * forward, and the first reason to leave READY is the one that is reported.
 */
@EventLoopConfined
final class TransportLifecycle {

  private final ClientTransport.Listener listener;
  private final TransportFilters filters;
  private State state = State.CONNECTING;
  private Status reason = Status.OK;

  TransportLifecycle(ClientTransport.Listener listener, TransportFilters filters) {
    this.listener = listener;
    this.filters = filters;
  }

  TransportObserver observer() {
    return listener.observer();
  }

  State state() {
    return state;
  }

  boolean isConnecting() {
    return state == State.CONNECTING;
  }

  boolean isDraining() {
    return state == State.DRAINING;
  }

  boolean isClosed() {
    return state == State.CLOSED;
  }

  /**
   * The status for new streams while the connection accepts none, {@code null} while it is ready.
   */
  @Nullable
  Status refusal() {
    if (state == State.READY) {
      return null;
    }
    return reason.isOk()
        ? Status.UNAVAILABLE.withDescription("the connection is not ready yet")
        : reason;
  }

  /** Why the connection left READY; OK before. */
  Status reason() {
    return reason;
  }

  void ready(Attributes attributes) {
    if (state == State.CONNECTING) {
      state = State.READY;
      listener.onReady(attributes);
    }
  }

  void drain(Status why) {
    if (state == State.CONNECTING || state == State.READY) {
      state = State.DRAINING;
      reason = why;
      listener.onDraining(why);
    }
  }

  /**
   * Returns false if it was closed already. The listener is notified by {@link #terminated}, after
   * the streams have ended.
   */
  boolean close(Status why) {
    if (state == State.CLOSED) {
      return false;
    }
    boolean inUse = state == State.READY;
    if (state != State.DRAINING) {
      reason = why;
    }
    state = State.CLOSED;
    if (inUse) {
      listener.onClosing(why);
    }
    return true;
  }

  void terminated() {
    filters.terminated();
    listener.onTerminated(reason);
  }
}
