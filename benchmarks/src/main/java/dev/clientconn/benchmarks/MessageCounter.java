// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import io.netty.buffer.ByteBuf;

/**
 * Counts the messages of one stream by their prefixes, however they are cut. Confined to the event
 * loop.
 */
final class MessageCounter {

  private static final int PREFIX_BYTES = 5;

  private int prefixSeen;
  private int bodyLeft;

  /** How many messages end within the next {@code length} bytes; reads nothing off the buffer. */
  int count(ByteBuf in, int length) {
    int at = in.readerIndex();
    int end = at + length;
    int ended = 0;
    while (at < end) {
      if (prefixSeen < PREFIX_BYTES) {
        // Behind the byte that tells whether it is compressed, four bytes give the length.
        bodyLeft = prefixSeen == 0 ? 0 : bodyLeft << 8 | in.getUnsignedByte(at);
        prefixSeen++;
        at++;
      } else {
        int run = Math.min(end - at, bodyLeft);
        bodyLeft -= run;
        at += run;
      }
      if (prefixSeen == PREFIX_BYTES && bodyLeft == 0) {
        prefixSeen = 0;
        ended++;
      }
    }
    return ended;
  }
}
