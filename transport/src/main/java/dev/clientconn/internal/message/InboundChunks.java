// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import static dev.clientconn.internal.message.InboundChunkPool.CHUNK;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Stores a large received message in chunks of {@link InboundChunkPool}. Bytes are appended at the
 * end; chunks that have been read are returned to the pool. Owned by one thread at a time. If it is
 * not released, the collector takes the chunks, and the pool allocates new ones.
 */
public final class InboundChunks implements MessageBuffer.Memory {

  private static final int INITIAL = 8;

  private final InboundChunkPool pool;
  private byte[] @Nullable [] chunks = new byte[INITIAL][];
  private int size;
  /** Chunks before this one have been returned. */
  private int firstHeld;

  public InboundChunks(InboundChunkPool pool) {
    this.pool = pool;
  }

  /** Bytes written. */
  public int size() {
    return size;
  }

  // Writing

  /** Returns the chunk for the next byte, which belongs at {@link #tailStart}. */
  public byte[] tail() {
    int index = size >> InboundChunkPool.SHIFT;
    if (index == chunks.length) {
      chunks = Arrays.copyOf(chunks, 2 * index);
    }
    byte[] tail = chunks[index];
    if (tail == null) {
      tail = pool.take();
      chunks[index] = tail;
    }
    return tail;
  }

  public int tailStart() {
    return size & CHUNK - 1;
  }

  public int tailRoom() {
    return CHUNK - tailStart();
  }

  /** Counts bytes that the caller has written to the tail. */
  public void added(int bytes) {
    size += bytes;
  }

  @Override
  public void add(int value) {
    tail()[tailStart()] = (byte) value;
    added(1);
  }

  @Override
  public void add(byte[] source, int offset, int length) {
    int from = offset;
    int remaining = length;
    while (remaining > 0) {
      int run = Math.min(remaining, tailRoom());
      System.arraycopy(source, from, tail(), tailStart(), run);
      added(run);
      from += run;
      remaining -= run;
    }
  }

  // Reading

  /**
   * Returns the chunk that contains this byte at {@link #startOf}, {@code null} if it was returned.
   */
  byte @Nullable [] chunkOf(int position) {
    return chunks[position >> InboundChunkPool.SHIFT];
  }

  static int startOf(int position) {
    return position & CHUNK - 1;
  }

  /** Returns the number of bytes from here to the end of the chunk or of the message. */
  int runAt(int position) {
    return Math.min(CHUNK - startOf(position), size - position);
  }

  /** Returns the chunks before this position to the pool. */
  void releaseBefore(int position) {
    int end = position >= size ? chunks.length : position >> InboundChunkPool.SHIFT;
    while (firstHeld < end) {
      byte[] chunk = chunks[firstHeld];
      chunks[firstHeld++] = null;
      if (chunk != null) {
        pool.returnChunk(chunk);
      }
    }
  }

  void releaseAll() {
    releaseBefore(size);
  }
}
