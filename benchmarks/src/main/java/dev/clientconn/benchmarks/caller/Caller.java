// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.caller;

import com.google.protobuf.BytesValue;
import dev.clientconn.benchmarks.workload.CallKind;
import dev.clientconn.benchmarks.workload.StubMode;

/**
 * Makes one call after another: the end of a call starts the next one, until the loop stops or a
 * call fails. Used by one thread at a time.
 */
public abstract class Caller {

  final CallSource source;
  final ClosedLoop loop;
  long startNanos;
  private int received;

  Caller(CallSource source, ClosedLoop loop) {
    this.source = source;
    this.loop = loop;
  }

  /** Creates a caller for the source's kind of call. */
  public static Caller of(
      CallSource source, StubMode mode, CallerThreads threads, ClosedLoop loop) {
    if (mode.blocking()) {
      return new BlockingCaller(source, mode, threads, loop);
    }
    return switch (source.kind()) {
      case UNARY, SERVER_STREAM -> new AsyncCaller(source, mode, loop);
      case CLIENT_STREAM -> new ClientStreamCaller(source, loop);
      case PING_PONG -> new PingPongCaller(source, loop);
    };
  }

  /** Starts the first call. */
  public void start() {
    startNanos = System.nanoTime();
    call();
  }

  /** Starts a call. */
  abstract void call();

  /** Checks a response message; one of a server stream is an operation. */
  final void received(BytesValue message) {
    received++;
    source.check(message);
    if (source.kind() == CallKind.SERVER_STREAM) {
      loop.operation();
    }
  }

  /** Checks and records a call that ended OK, and starts the next one. */
  final void completed() {
    if (record()) {
      call();
    }
  }

  /** Checks and records a call that ended OK; returns whether the next one is to be made. */
  final boolean record() {
    try {
      source.checkResponses(received);
    } catch (IllegalStateException e) {
      loop.failed(e);
      return false;
    }
    received = 0;
    long now = System.nanoTime();
    if (source.kind() == CallKind.UNARY) {
      loop.operation();
    }
    boolean next = loop.ended(startNanos, now);
    startNanos = now;
    return next;
  }
}
