// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import io.grpc.Metadata;

/**
 * Reads {@code grpc-retry-pushback-ms}, by which a server sets the delay of a retry or forbids it
 * (gRFC A6, "Pushback").
 */
final class RetryPushback {
  /** The server has sent none. */
  static final long NONE = -1;

  /** The call must not be retried. */
  static final long REFUSED = -2;

  private static final Metadata.Key<String> KEY =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  private RetryPushback() {}

  /** Returns the delay in milliseconds, {@link #NONE} or {@link #REFUSED}. */
  static long of(Metadata trailers) {
    String only = null;
    Iterable<String> values = trailers.getAll(KEY);
    if (values == null) {
      return NONE;
    }
    for (String value : values) {
      if (only != null) {
        // Contradictory at worst: what cannot be understood is a refusal (A6).
        return REFUSED;
      }
      only = value;
    }
    try {
      int millis = Integer.parseInt(String.valueOf(only));
      return millis < 0 ? REFUSED : millis;
    } catch (NumberFormatException e) {
      return REFUSED;
    }
  }
}
