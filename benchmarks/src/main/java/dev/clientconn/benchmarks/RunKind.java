// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/** What a run does with the channel. */
enum RunKind {
  /** Calls on open channels. */
  LOAD,
  /** Opens a channel, makes one unary call and shuts the channel down; an operation is all of that. */
  SETUP,
  /** Weighs idle connections, each of which has made a call. */
  CONNECTION_MEMORY,
  /** Weighs open streams on which nothing happens. */
  STREAM_MEMORY;

  static RunKind named(String label) {
    return Arrays.stream(values())
        .filter(kind -> kind.label().equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no kind of run '"
            + label
            + "'; use one of "
            + Arrays.stream(values()).map(RunKind::label).toList()));
  }

  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  boolean memory() {
    return this == CONNECTION_MEMORY || this == STREAM_MEMORY;
  }
}
