// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import dev.clientconn.internal.concurrent.CrossesThreads;

/**
 * Chunks of heap memory that messages from the peer are gathered in, for the next message to use again. Any thread takes, any
 * other gives back; a chunk that never comes back is garbage like any array. What a chunk held is not wiped: readers
 * are held to what was written, and chunks are never shown to marshallers or other code of the application.
 */
@CrossesThreads
public final class InboundChunkPool {

  /** Bytes in a chunk: the payload of one DATA frame, so that few frames are cut in two. */
  public static final int CHUNK = 16 * 1024;

  static final int SHIFT = 14;

  private static final long MOST = 16 * 1024 * 1024;
  private static final int HEAP_PART = 64;

  /** The process's: at most 16 MiB, and no more than 1/64 of the heap. */
  public static final InboundChunkPool SHARED =
      new InboundChunkPool(Math.min(MOST, Runtime.getRuntime().maxMemory() / HEAP_PART));

  private final FreeList<byte[]> resting;

  /**
   * @param maxBytes how much may rest here, bytes
   */
  public InboundChunkPool(long maxBytes) {
    this.resting = new FreeList<>((int) Math.min(Integer.MAX_VALUE, maxBytes / CHUNK));
  }

  byte[] take() {
    byte[] chunk = resting.take();
    return chunk == null ? new byte[CHUNK] : chunk;
  }

  /** The giver must have dropped its reference, and so must all whom it lent it to. */
  void returnChunk(byte[] chunk) {
    resting.add(chunk);
  }

  /** Bytes that wait to be used again. */
  public long pooledBytes() {
    return (long) resting.size() * CHUNK;
  }
}
