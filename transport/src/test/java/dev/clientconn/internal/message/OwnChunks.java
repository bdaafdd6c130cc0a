// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

/** Messages to send, out of a pool of their own: whatever is lent is theirs. */
public final class OwnChunks {

  private final OutboundChunkPool pool = new OutboundChunkPool(1 << 26, 1 << 26);

  public FramedMessage framed(byte[] frame) {
    return FramedMessage.of(
        Messages.outbound(pool, frame), frame.length - FramedMessage.PREFIX_LENGTH);
  }

  /** Bytes of chunks that have not come back. */
  public long bytesInUse() {
    return pool.bytesInUse();
  }
}
