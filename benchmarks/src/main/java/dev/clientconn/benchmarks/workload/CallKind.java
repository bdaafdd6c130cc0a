// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.workload;

import java.util.Locale;

/** The shape of a call, and what counts as one operation of it. */
public enum CallKind {
  /** One request, one response; an operation is a call. */
  UNARY,
  /** One request, many responses; an operation is a response message. */
  SERVER_STREAM,
  /** Many requests, one response; an operation is a request message. */
  CLIENT_STREAM,
  /**
   * A stream that stays open for the whole run; the client sends the next request when it receives
   * a response. An operation is a round trip.
   */
  PING_PONG;

  /** The name on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
