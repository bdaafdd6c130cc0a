// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/** The shape of a call, and what counts as one operation of it. */
enum CallKind {
  /** One request, one response; an operation is a call. */
  UNARY,
  /** One request, many responses; an operation is a response message. */
  SERVER_STREAM,
  /** Many requests, one response; an operation is a request message. */
  CLIENT_STREAM,
  /** A stream for the whole run on which each response asks for the next request; an operation is a round trip. */
  PING_PONG,
  /** Both sides send as fast as flow control lets them for the whole run; an operation is a response message. */
  DUPLEX;

  static CallKind named(String label) {
    return Arrays.stream(values())
        .filter(kind -> kind.label().equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no kind of call '" + label
            + "'; use one of " + Arrays.stream(values()).map(CallKind::label).toList()));
  }

  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
