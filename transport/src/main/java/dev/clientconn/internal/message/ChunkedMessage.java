// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import java.io.IOException;
import java.util.Objects;

/**
 * Reads a large message from pooled chunks. Returns each chunk to the pool as soon as it has been
 * read; after {@link #mark}, all of them when the message is closed or released. Readers get copies
 * only, so a reader that is retained too long fails and never sees the bytes of another message.
 */
public final class ChunkedMessage extends InboundMessage {
  private final InboundChunks chunks;
  private boolean marked;

  /**
   * @param chunks the bytes without the prefix; they are the message's from now on
   * @param compressed the prefix's flag
   */
  public ChunkedMessage(InboundChunks chunks, boolean compressed) {
    super(0, chunks.size(), compressed);
    this.chunks = chunks;
  }

  @Override
  public int size() {
    return end;
  }

  @Override
  public int read() throws IOException {
    if (position == end) {
      return -1;
    }
    int value = chunk()[InboundChunks.startOf(position)] & 0xff;
    advance(1);
    return value;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (position == end) {
      return -1;
    }
    int count = Math.min(length, end - position);
    int copied = 0;
    while (copied < count) {
      int run = Math.min(count - copied, chunks.runAt(position));
      System.arraycopy(chunk(), InboundChunks.startOf(position), target, offset + copied, run);
      advance(run);
      copied += run;
    }
    return count;
  }

  private byte[] chunk() throws IOException {
    byte[] chunk = chunks.chunkOf(position);
    if (chunk == null) {
      throw new IOException(CLOSED);
    }
    return chunk;
  }

  @Override
  void advance(int count) {
    super.advance(count);
    if (!marked) {
      chunks.releaseBefore(position);
    }
  }

  @Override
  public void mark(int readLimit) {
    super.mark(readLimit);
    marked = true;
  }

  @Override
  public void reset() throws IOException {
    if (!marked && position > 0) {
      throw new IOException("no mark was set");
    }
    super.reset();
  }

  @Override
  public void release() {
    chunks.releaseAll();
  }

  @Override
  public void close() {
    chunks.releaseAll();
  }
}
