// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.transport.WaitCause;

/** Finds out what a stream waits for now. On the event loop. */
final class StreamBlock {

  private StreamBlock() {}

  /**
   * @param writable whether the socket takes bytes
   */
  static WaitCause of(StreamState stream, boolean writable) {
    if (stream.isWaiting()) {
      return WaitCause.STREAM_SLOT;
    }
    if (!stream.sendQueue.isEmpty()) {
      if (stream.sendQuota().window() <= 0) {
        return WaitCause.STREAM_WINDOW;
      }
      if (stream.sendQuota().available() == 0) {
        return WaitCause.CONNECTION_WINDOW;
      }
      return writable ? WaitCause.TURN : WaitCause.SOCKET;
    }
    boolean unread = stream.inFlow().unread() > stream.clientStream().unreturned();
    return unread || !stream.hasDemand() || !stream.sendQueue.isEnded()
        ? WaitCause.APPLICATION
        : WaitCause.SERVER;
  }
}
