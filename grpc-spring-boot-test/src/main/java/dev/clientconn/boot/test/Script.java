// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Error;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds what one test wants to happen, and counts what has happened. The test's thread writes, the
 * thread of the connections reads.
 */
final class Script {

  private final Deque<Consumer<FaultyCall>> nextCalls = new ArrayDeque<>();

  private Consumer<ConnectionBehavior> connection = behavior -> {};

  private Consumer<FaultyCall> call = FaultyCall::respondEmpty;

  private @Nullable Throwable failure;

  private int connections;

  private int calls;

  /**
   * Sets how connections behave.
   *
   * @return whether the test has received no call yet; then no connection counts as accepted
   */
  synchronized boolean setConnection(Consumer<ConnectionBehavior> behavior) {
    this.connection = behavior;
    if (this.calls == 0) {
      this.connections = 0;
    }
    return this.calls == 0;
  }

  synchronized void setCall(Consumer<FaultyCall> action) {
    this.call = action;
  }

  synchronized void addCall(Consumer<FaultyCall> action) {
    this.nextCalls.add(action);
  }

  synchronized int connections() {
    return this.connections;
  }

  synchronized int calls() {
    return this.calls;
  }

  /** The first exception of a script, which fails the test. */
  synchronized @Nullable Throwable failure() {
    return this.failure;
  }

  private synchronized void failed(Throwable thrown) {
    if (this.failure == null) {
      this.failure = thrown;
    }
  }

  /** Opens a connection as the script says. */
  void open(Channel channel) {
    ConnectionBehavior behavior = new ConnectionBehavior();
    try {
      nextConnection().accept(behavior);
    } catch (Throwable thrown) {
      failed(thrown);
    }
    behavior.open(channel, this);
  }

  private synchronized Consumer<ConnectionBehavior> nextConnection() {
    this.connections++;
    return this.connection;
  }

  /** Runs the action for a call. */
  void run(FaultyCall received) {
    Consumer<FaultyCall> action = nextCall();
    run(received, () -> action.accept(received));
  }

  /** Runs a part of the action for a call. A call whose action fails is reset. */
  void run(FaultyCall received, Runnable action) {
    try {
      action.run();
    } catch (Throwable thrown) {
      failed(thrown);
      received.resetStream(Http2Error.INTERNAL_ERROR);
    }
  }

  private synchronized Consumer<FaultyCall> nextCall() {
    this.calls++;
    Consumer<FaultyCall> next = this.nextCalls.poll();
    return next == null ? this.call : next;
  }
}
