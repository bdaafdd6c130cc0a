// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.workload;

import com.google.common.collect.ImmutableSet;
import java.util.Locale;

/** The stub that makes the calls, and the executor that runs its callbacks. */
public enum StubMode {
  /** Asynchronous stub, callbacks on the event loop: the transport and little else. */
  ASYNC_DIRECT(Callbacks.DIRECT, ImmutableSet.copyOf(CallKind.values())),
  /** Asynchronous stub on the channel's default executor. */
  ASYNC(Callbacks.DEFAULT, ImmutableSet.copyOf(CallKind.values())),
  /** Asynchronous stub, each batch of callbacks on a virtual thread. */
  ASYNC_VIRTUAL(Callbacks.VIRTUAL, ImmutableSet.copyOf(CallKind.values())),
  /** One thread for each call in flight, each with a blocking stub. */
  BLOCKING(Callbacks.DEFAULT, ImmutableSet.of(CallKind.UNARY, CallKind.SERVER_STREAM)),
  /** One virtual thread for each call in flight, each with a blocking stub. */
  BLOCKING_VIRTUAL(Callbacks.DEFAULT, ImmutableSet.of(CallKind.UNARY, CallKind.SERVER_STREAM)),
  /** One thread for each call in flight, each with a version 2 blocking stub. */
  BLOCKING_V2(Callbacks.DEFAULT, ImmutableSet.of(CallKind.UNARY)),
  /** Future stub on the channel's default executor. */
  FUTURE(Callbacks.DEFAULT, ImmutableSet.of(CallKind.UNARY)),
  /** Future stub, each batch of callbacks on a virtual thread. */
  FUTURE_VIRTUAL(Callbacks.VIRTUAL, ImmutableSet.of(CallKind.UNARY));

  /** The executor that the channel is given. */
  public enum Callbacks {
    DIRECT,
    DEFAULT,
    VIRTUAL
  }

  private final Callbacks callbacks;
  private final ImmutableSet<CallKind> kinds;

  StubMode(Callbacks callbacks, ImmutableSet<CallKind> kinds) {
    this.callbacks = callbacks;
    this.kinds = kinds;
  }

  public Callbacks callbacks() {
    return callbacks;
  }

  public boolean supports(CallKind kind) {
    return kinds.contains(kind);
  }

  /** Whether a caller needs a thread of its own, on which it waits for its call. */
  public boolean blocking() {
    return this == BLOCKING || this == BLOCKING_VIRTUAL || this == BLOCKING_V2;
  }

  /** Whether it needs virtual threads, which Java has from 21 on. */
  public boolean virtual() {
    return callbacks == Callbacks.VIRTUAL || this == BLOCKING_VIRTUAL;
  }

  /** The name on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
