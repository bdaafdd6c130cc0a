// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

/** Creates messages to send in a separate pool: no other test uses its chunks. */
public final class OwnChunks {

  private final OutboundChunkPool pool = new OutboundChunkPool(1 << 26, 1 << 26);

  public FramedMessage framed(byte[] frame) {
    return FramedMessage.of(
        Messages.outbound(pool, frame), frame.length - FramedMessage.PREFIX_LENGTH);
  }

  /** Bytes of chunks that have not been returned. */
  public long bytesInUse() {
    return pool.bytesInUse();
  }
}
