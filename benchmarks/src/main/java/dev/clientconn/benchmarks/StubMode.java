// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.common.collect.ImmutableSet;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How calls are made, and what executor hears of their end. */
enum StubMode {
  /** Asynchronous stub, callbacks on the event loop: nothing but the transport. */
  ASYNC_DIRECT(Callbacks.DIRECT, ImmutableSet.copyOf(CallKind.values())),
  /** Asynchronous stub on the channel's default executor. */
  ASYNC(Callbacks.DEFAULT, ImmutableSet.copyOf(CallKind.values())),
  /** Asynchronous stub, each batch of callbacks on a virtual thread. */
  ASYNC_VIRTUAL(Callbacks.VIRTUAL, ImmutableSet.copyOf(CallKind.values())),
  /** As many threads as calls in flight, each with a blocking stub. */
  BLOCKING(Callbacks.DEFAULT, ImmutableSet.of(CallKind.UNARY, CallKind.SERVER_STREAM)),
  /** The same on virtual threads. */
  BLOCKING_VIRTUAL(Callbacks.DEFAULT, ImmutableSet.of(CallKind.UNARY, CallKind.SERVER_STREAM)),
  /** As many threads as calls in flight, each with a blocking stub of the second kind. */
  BLOCKING_V2(
      Callbacks.DEFAULT,
      ImmutableSet.of(
          CallKind.UNARY, CallKind.SERVER_STREAM, CallKind.CLIENT_STREAM, CallKind.PING_PONG)),
  /** Future stub on the channel's default executor. */
  FUTURE(Callbacks.DEFAULT, ImmutableSet.of(CallKind.UNARY)),
  /** Future stub, each batch of callbacks on a virtual thread. */
  FUTURE_VIRTUAL(Callbacks.VIRTUAL, ImmutableSet.of(CallKind.UNARY));

  /** What executor the channel is given. */
  enum Callbacks {
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

  static StubMode named(String label) {
    return Arrays.stream(values())
        .filter(mode -> mode.label().equals(label))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException("no stub mode '" + label + "'; use one of " + labels()));
  }

  static List<String> labels() {
    return Arrays.stream(values()).map(StubMode::label).toList();
  }

  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  Callbacks callbacks() {
    return callbacks;
  }

  boolean can(CallKind kind) {
    return kinds.contains(kind);
  }

  /** A thread a lane, which waits for its call. */
  boolean blocking() {
    return this == BLOCKING || this == BLOCKING_VIRTUAL || this == BLOCKING_V2;
  }

  /** Any of its threads are virtual, which Java has from 21 on. */
  boolean virtual() {
    return callbacks == Callbacks.VIRTUAL || this == BLOCKING_VIRTUAL;
  }
}
