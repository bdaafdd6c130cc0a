// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import io.netty.buffer.ByteBuf;

/** The bytes that the streams of a connection send, the same on each. */
interface StreamContent {

  /**
   * Writes one DATA frame of {@code length} bytes, from {@code offset} into all that the stream sends.
   *
   * @param last nothing follows, so what ends the stream is to be written too
   */
  void writeData(ByteBuf out, int streamId, long offset, int length, boolean last);

  /** Ends a stream all of whose DATA went before it was known to be all. */
  void writeEnd(ByteBuf out, int streamId);
}
