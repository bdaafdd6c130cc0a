// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import static dev.clientconn.internal.message.InboundChunkPool.CHUNK;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A large message from the peer, in chunks of {@link InboundChunkPool}: grows at its end, and gives back chunks that are done with.
 * Belongs to one thread at a time. Dropping it costs the chunks and nothing else.
 */
public final class InboundChunks implements MessageBuffer.Memory {

  private static final int INITIAL = 8;

  private final InboundChunkPool pool;
  private byte[] @Nullable [] chunks = new byte[INITIAL][];
  private int size;
  /** Chunks before this one have been given back. */
  private int firstHeld;

  public InboundChunks(InboundChunkPool pool) {
    this.pool = pool;
  }

  /** Bytes written. */
  public int size() {
    return size;
  }

  // Writing

  /** The chunk that the next byte belongs in, at {@link #tailStart}. */
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

  /** So many bytes were written to the tail. */
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
    int left = length;
    while (left > 0) {
      int run = Math.min(left, tailRoom());
      System.arraycopy(source, from, tail(), tailStart(), run);
      added(run);
      from += run;
      left -= run;
    }
  }

  // Reading

  /** The chunk with this byte in it, at {@link #startOf}; {@code null} if it has been given back. */
  byte @Nullable [] chunkOf(int position) {
    return chunks[position >> InboundChunkPool.SHIFT];
  }

  static int startOf(int position) {
    return position & CHUNK - 1;
  }

  /** How many bytes there are from here to the end of the chunk or of the message. */
  int runAt(int position) {
    return Math.min(CHUNK - startOf(position), size - position);
  }

  /** Gives back the chunks that hold nothing from this position on. */
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
