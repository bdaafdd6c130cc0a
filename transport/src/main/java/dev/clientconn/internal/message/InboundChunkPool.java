// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import dev.clientconn.internal.concurrent.CrossesThreads;

/**
 * Pools chunks of heap memory for received messages. Any thread may take or return a chunk; one
 * that is never returned is collected like any array. Chunks are not cleared: readers cannot read
 * beyond what was written, and code of the application (marshallers, decompressors) never gets the
 * array itself.
 */
@CrossesThreads
public final class InboundChunkPool {

  /**
   * Length of a chunk, bytes: the largest payload of a DATA frame, so that few frames are split.
   */
  public static final int CHUNK = 16 * 1024;

  static final int SHIFT = 14;

  private static final long MAX_POOLED = 16 * 1024 * 1024;
  private static final int HEAP_PART = 64;

  /** The pool of the process. Keeps at most 16 MiB, and at most 1/64 of the heap. */
  public static final InboundChunkPool SHARED =
      new InboundChunkPool(Math.min(MAX_POOLED, Runtime.getRuntime().maxMemory() / HEAP_PART));

  private final FreeList<byte[]> pooled;

  /**
   * @param maxBytes largest amount of pooled memory, bytes
   */
  public InboundChunkPool(long maxBytes) {
    this.pooled = new FreeList<>((int) Math.min(Integer.MAX_VALUE, maxBytes / CHUNK));
  }

  byte[] take() {
    byte[] chunk = pooled.take();
    return chunk == null ? new byte[CHUNK] : chunk;
  }

  /** Returns a chunk that is no longer in use. */
  void returnChunk(byte[] chunk) {
    pooled.add(chunk);
  }

  /** Bytes in the pool, which no message uses. */
  public long pooledBytes() {
    return (long) pooled.size() * CHUNK;
  }
}
