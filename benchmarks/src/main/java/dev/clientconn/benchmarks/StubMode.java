// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/** How calls are made, and what executor hears of their end. */
enum StubMode {
  /** Asynchronous stub, callbacks on the event loop: nothing but the transport. */
  ASYNC_DIRECT,
  /** Asynchronous stub on the channel's default executor. */
  ASYNC,
  /** As many threads as calls in flight, each with a blocking stub. */
  BLOCKING,
  /** Future stub on the channel's default executor. */
  FUTURE;

  static StubMode named(String label) {
    return Arrays.stream(values())
        .filter(mode -> mode.label().equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(
            "no stub mode '" + label + "'; use async-direct, async, blocking or future"));
  }

  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
