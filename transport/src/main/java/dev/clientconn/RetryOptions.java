// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import io.grpc.ManagedChannelBuilder;

/**
 * The options of {@link ManagedChannelBuilder} about retries, hedging and traces. Calls that no server can have processed
 * are always sent again (transparent retries of gRFC A6), as far as the two buffer limits allow. The other options are
 * accepted and have no effect, for programs that set them on whichever builder they are given: the channel does not act on
 * the retry and hedging policies of a service config, and logs a warning about those it finds.
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

  /**
   * Bytes of requests, of all calls of the channel, that are kept after they were sent, for as long as the server has not
   * responded: a transparent retry may have to send them again. A call that would pass the limit goes on, and is
   * not sent again once it has left. Requests of one message of at most 1,024 bytes, its 5-byte prefix included, do not count.
   *
   * @param bytes positive; 16 MiB by default
   * @throws IllegalArgumentException for 0 or less
   */
  @Override
  public ClientConnBuilder retryBufferSize(long bytes) {
    checkPositive(bytes, "retryBufferSize");
    self().settings.retryBufferSize = bytes;
    return self();
  }

  /**
   * As {@link #retryBufferSize}, for the request of one call.
   *
   * @param bytes positive; 1 MiB by default
   * @throws IllegalArgumentException for 0 or less
   */
  @Override
  public ClientConnBuilder perRpcBufferLimit(long bytes) {
    checkPositive(bytes, "perRpcBufferLimit");
    self().settings.perRpcBufferLimit = bytes;
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
