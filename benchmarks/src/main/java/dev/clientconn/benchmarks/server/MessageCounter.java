// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.server;

import io.netty.buffer.ByteBuf;

/**
 * Counts the messages of one stream by their length prefixes, wherever frames and reads split them.
 * Confined to the event loop.
 */
final class MessageCounter {

  private static final int PREFIX_BYTES = 5;

  private int prefixSeen;
  private int bodyLeft;

  /**
   * Returns how many messages end within the next {@code length} bytes of {@code in}, whose reader
   * index does not change.
   */
  int count(ByteBuf in, int length) {
    int at = in.readerIndex();
    int end = at + length;
    int ended = 0;
    while (at < end) {
      if (prefixSeen < PREFIX_BYTES) {
        // The length is in the four bytes after the compressed-flag.
        bodyLeft = prefixSeen == 0 ? 0 : bodyLeft << 8 | in.getUnsignedByte(at);
        prefixSeen++;
        at++;
      } else {
        int skipped = Math.min(end - at, bodyLeft);
        bodyLeft -= skipped;
        at += skipped;
      }
      if (prefixSeen == PREFIX_BYTES && bodyLeft == 0) {
        prefixSeen = 0;
        ended++;
      }
    }
    return ended;
  }
}
