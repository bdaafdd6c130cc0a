// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.allocation;

/**
 * Calls of one shape, and the heap bytes that one of them may cost: the most that was measured on
 * JDK 17 and 25, with epoll and NIO, and 10 to 15 % more. Runs differ by 1 %. Marshallers and stubs
 * are part of a figure.
 */
enum Workload {
  // Measured: 1,500.
  ASYNC_DIRECT("unary, 100 B, asynchronous, direct executor", 64, 100, 1, 8_000, 1_700),
  // Measured: 64 more than without.
  RETRY_POLICY("unary, 100 B, with a retry policy", 64, 100, 1, 8_000, 1_770),
  // Measured: 130 more than without.
  REPORT("unary, 100 B, with a listener for reports", 64, 100, 1, 8_000, 1_840),
  // Measured: 2,010; 2,190 if the call creates a timeline.
  CREDENTIALS("unary, 100 B, with credentials that respond at once", 64, 100, 1, 8_000, 2_150),
  // Measured: 2,950.
  SELECTED_CONFIG("unary, 100 B, with a timeout by a selector", 64, 100, 1, 8_000, 3_350),
  // Measured: 1,520.
  ASYNC("unary, 100 B, asynchronous, default executor", 64, 100, 1, 8_000, 1_730),
  // Measured: 1,870 with epoll, some 130 more with NIO.
  BLOCKING("unary, 100 B, blocking", 1, 100, 1, 4_000, 2_250),
  // Measured: 2,490.
  METADATA("unary, 100 B, a deadline and ten metadata entries", 64, 100, 1, 8_000, 2_800),
  // Measured: 300; now and then 335, as the JIT compiler inlines.
  SERVER_STREAM("server stream, a message of 100 B", 1, 100, 1_000, 16, 380),
  // Measured: 1,058,000.
  LARGE_RESPONSE("unary, response of 1 MiB", 1, 1 << 20, 1, 40, 1_200_000),
  // Measured: 11,600.
  LARGE_REQUEST("unary, request of 1 MiB", 1, 100, 1, 40, 20_000);

  /** What a failure calls it. */
  final String title;

  final int inFlight;

  /** Bytes in a message of the response. */
  final int responseBytes;

  /** Messages of one response; more than one is a stream, and bytes are counted by the message. */
  final int messages;

  final int callsInARound;

  /** Most heap bytes a call, or a message of a stream, may cost. */
  final int bound;

  Workload(
      String title, int inFlight, int responseBytes, int messages, int callsInARound, int bound) {
    this.title = title;
    this.inFlight = inFlight;
    this.responseBytes = responseBytes;
    this.messages = messages;
    this.callsInARound = callsInARound;
    this.bound = bound;
  }

  boolean direct() {
    return this != ASYNC;
  }

  boolean streams() {
    return messages > 1;
  }

  int requestBytes() {
    return this == LARGE_REQUEST ? 1 << 20 : 100;
  }
}
