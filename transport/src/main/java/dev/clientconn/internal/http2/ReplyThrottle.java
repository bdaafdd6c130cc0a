// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;

/**
 * Bounds the replies (acks and resets) that a peer can make this side queue by sending frames and
 * not reading: past the bound the peer is not worth the memory.
 */
@EventLoopConfined
final class ReplyThrottle {

  static final int MAX_UNREAD_REPLIES = 10_000;

  private int unread;

  /** Counts a reply. Returns false if the peer has left too many unread. */
  boolean allows(boolean socketWritable) {
    unread = socketWritable ? 0 : unread + 1;
    return unread <= MAX_UNREAD_REPLIES;
  }
}
