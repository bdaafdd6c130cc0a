// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.transport.TransportSnapshot.State;
import io.grpc.Attributes;
import io.grpc.Status;

/**
 * Keeps a connection's phase: each is reported once, they only move forward, and the first reason
 * to leave is kept.
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

  State state() {
    return state;
  }

  boolean isReady() {
    return state == State.READY;
  }

  boolean isClosed() {
    return state == State.CLOSED;
  }

  /** Why no new streams are taken; OK while they are. */
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
   * Returns false if it was closed already. {@link #terminated} notifies the listener, after the
   * streams.
   */
  boolean close(Status why) {
    if (state == State.CLOSED) {
      return false;
    }
    if (state != State.DRAINING) {
      reason = why;
    }
    state = State.CLOSED;
    return true;
  }

  void terminated() {
    filters.terminated();
    listener.onTerminated(reason);
  }
}
