// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.transport.StreamProgress;

/**
 * Decides whether a failed stream may be replaced without the application noticing (gRFC A6,
 * transparent retries): always if it never left this side, once if the server refused it. Retries
 * by the service config's policy belong here too. Used by the event loop of one failed stream after
 * another, never by two at a time, so its fields are plain.
 */
final class TransparentRetry {
  /** Far above what connection losses can cause: ends the loop that a defect would make. */
  static final int MAX_UNSENT = 1000;

  private int unsent;
  private boolean refused;

  boolean allows(StreamProgress progress) {
    return switch (progress) {
      case NOT_SENT -> ++unsent <= MAX_UNSENT;
      case REFUSED -> {
        // Once: a server that refuses again would be asked without a backoff.
        boolean first = !refused;
        refused = true;
        yield first;
      }
      case PROCESSED -> false;
    };
  }
}
