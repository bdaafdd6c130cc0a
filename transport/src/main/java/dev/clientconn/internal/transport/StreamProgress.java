// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

/**
 * Says how far a stream got before it ended, which decides whether the call may be retried
 * transparently (gRFC A6).
 */
public enum StreamProgress {
  /**
   * Its HEADERS were not sent, and another connection may take it: may be retried any number of
   * times.
   */
  NOT_SENT,
  /**
   * The peer did not process it (REFUSED_STREAM, or an id above that of GOAWAY): may be retried
   * once.
   */
  REFUSED,
  /** The peer may have processed it, or this side ended it: must not be retried transparently. */
  PROCESSED
}
