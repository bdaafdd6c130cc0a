// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

/** How far a stream got before it ended: what decides whether a call may be retried transparently (gRFC A6). */
public enum StreamProgress {
  /** Its HEADERS never left this side, and another connection could take it: safe to send elsewhere, as often as needed. */
  NOT_SENT,
  /** The peer said that it did not process it (REFUSED_STREAM, or an id above GOAWAY's): safe to send once more. */
  REFUSED,
  /** The peer may have processed it, or the call ended for a reason of its own. */
  PROCESSED
}
