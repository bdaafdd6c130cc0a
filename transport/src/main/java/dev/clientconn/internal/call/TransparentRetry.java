// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.transport.StreamProgress;

/**
 * How often a call may be sent again without the application knowing (gRFC A6): always when it
 * never left, once when the peer refused it. Used by one event loop after another, never by two at
 * a time.
 */
final class TransparentRetry {
  /** Only a defect of ours could send the same call in vain so often. */
  static final int MAX_UNSENT = 1000;

  private int unsent;
  private boolean refused;

  boolean allows(StreamProgress progress) {
    return switch (progress) {
      case NOT_SENT -> ++unsent <= MAX_UNSENT;
      case REFUSED -> {
        boolean first = !refused;
        refused = true;
        yield first;
      }
      case PROCESSED -> false;
    };
  }
}
