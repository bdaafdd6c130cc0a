// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import io.grpc.ManagedChannelBuilder;

/**
 * The options of {@link ManagedChannelBuilder} about retries, hedging and traces. They are accepted and have no effect,
 * for programs that set them on whichever builder they are given: the channel does not act on the retry and hedging
 * policies of a service config, and logs a warning about those it finds. Calls that no server can have processed are
 * always sent again (transparent retries of gRFC A6).
 */
abstract class RetryOptions extends ManagedChannelBuilder<ClientConnBuilder> {
  RetryOptions() {}

  abstract ClientConnBuilder self();

  /** No effect: retry policies are not acted on, and transparent retries are always on. */
  @Override
  public ClientConnBuilder enableRetry() {
    return self();
  }

  /** No effect: retry policies are not acted on, and transparent retries are always on. */
  @Override
  public ClientConnBuilder disableRetry() {
    return self();
  }

  /** No effect: retry policies are not acted on. */
  @Override
  public ClientConnBuilder maxRetryAttempts(int maxRetryAttempts) {
    return self();
  }

  /** No effect: hedging policies are not acted on. */
  @Override
  public ClientConnBuilder maxHedgedAttempts(int maxHedgedAttempts) {
    return self();
  }

  /** No effect yet. Positive, bytes. */
  @Override
  public ClientConnBuilder retryBufferSize(long bytes) {
    checkPositive(bytes, "retryBufferSize");
    return self();
  }

  /** No effect yet. Positive, bytes. */
  @Override
  public ClientConnBuilder perRpcBufferLimit(long bytes) {
    checkPositive(bytes, "perRpcBufferLimit");
    return self();
  }

  /**
   * No effect: there are no channelz traces. What the channel does is in {@link ClientConn#snapshot()}, and in the log of
   * {@code dev.clientconn.ClientConn} at level {@code FINEST}.
   *
   * @param maxTraceEvents 0 or more
   */
  @Override
  public ClientConnBuilder maxTraceEvents(int maxTraceEvents) {
    if (maxTraceEvents < 0) {
      throw new IllegalArgumentException(
          "maxTraceEvents must be 0 or more, but is " + maxTraceEvents);
    }
    return self();
  }

  private static void checkPositive(long bytes, String option) {
    if (bytes <= 0) {
      throw new IllegalArgumentException(option + " must be positive, but is " + bytes);
    }
  }
}
