// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import static dev.clientconn.internal.message.InboundChunkPool.CHUNK;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.util.internal.CleanableDirectBuffer;
import io.netty.util.internal.PlatformDependent;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Pools chunks of direct memory, which large messages are serialised into and which the socket
 * reads. Any thread may take a chunk. The last release of a chunk, on any thread, returns it to the
 * pool, or frees its memory if the pool is full. If a chunk becomes unreachable without being
 * released, its phantom reference is enqueued and the memory is freed by a later {@link #take}: a
 * lost chunk costs memory for a while, but does not leak.
 */
@CrossesThreads
final class OutboundChunkPool {

  private static final long MAX_POOLED = 64 * 1024 * 1024;
  private static final int HEAP_PART = 16;
  private static final int DIRECT_PART = 8;

  /**
   * The pool of the process. Allocates at most half of the direct memory that the JVM may use;
   * keeps at most 64 MiB, 1/16 of the heap and 1/8 of the direct memory.
   */
  static final OutboundChunkPool SHARED = new OutboundChunkPool(
      PlatformDependent.maxDirectMemory() / 2,
      Math.min(
          MAX_POOLED,
          Math.min(
              Runtime.getRuntime().maxMemory() / HEAP_PART,
              PlatformDependent.maxDirectMemory() / DIRECT_PART)));

  private final class Chunk extends UnpooledDirectByteBuf {
    private final Memory memory;

    Chunk(CleanableDirectBuffer bytes) {
      super(UnpooledByteBufAllocator.DEFAULT, bytes.buffer(), CHUNK);
      this.memory = new Memory(this, bytes, lost);
      allocated.add(memory);
    }

    @Override
    protected void deallocate() {
      if (pooled.size() < maxPooled) {
        resetRefCnt();
        pooled.add(this);
      } else {
        free(memory);
      }
    }
  }

  /** The memory of a chunk, which is freed once: by the chunk, or after the chunk was lost. */
  private static final class Memory extends PhantomReference<Chunk> {
    private final CleanableDirectBuffer bytes;

    Memory(Chunk chunk, CleanableDirectBuffer bytes, ReferenceQueue<Chunk> lost) {
      super(chunk, lost);
      this.bytes = bytes;
    }
  }

  private final int maxChunks;
  private final int maxPooled;
  private final FreeList<Chunk> pooled = new FreeList<>(Integer.MAX_VALUE);
  /** All memory that has not been freed. Keeps the phantom references reachable. */
  private final Set<Memory> allocated = ConcurrentHashMap.newKeySet();

  private final ReferenceQueue<Chunk> lost = new ReferenceQueue<>();

  /**
   * @param maxBytes largest amount of direct memory, pooled or in use, bytes
   * @param maxPooledBytes largest amount of it that is pooled, bytes
   */
  OutboundChunkPool(long maxBytes, long maxPooledBytes) {
    this.maxChunks = (int) Math.min(Integer.MAX_VALUE, maxBytes / CHUNK);
    this.maxPooled = (int) Math.min(Integer.MAX_VALUE, maxPooledBytes / CHUNK);
  }

  /**
   * Returns a chunk with one reference, which the caller must release. If the limit on direct
   * memory is reached, the chunk is an unpooled heap buffer.
   */
  ByteBuf take() {
    Chunk chunk = pooled.take();
    if (chunk != null) {
      return chunk;
    }
    for (Reference<?> found = lost.poll(); found != null; found = lost.poll()) {
      free((Memory) found);
    }
    // Not atomic, here and in deallocate: each of several threads may exceed the limit by one
    // chunk.
    return allocated.size() < maxChunks ? allocate() : Unpooled.buffer(CHUNK, CHUNK);
  }

  private ByteBuf allocate() {
    try {
      return new Chunk(PlatformDependent.allocateDirect(CHUNK));
    } catch (OutOfMemoryError e) {
      // The direct memory is used up by other code.
      return Unpooled.buffer(CHUNK, CHUNK);
    }
  }

  private void free(Memory memory) {
    if (allocated.remove(memory)) {
      memory.bytes.clean();
    }
  }

  /** Bytes in the pool, which no message uses. */
  long pooledBytes() {
    return (long) pooled.size() * CHUNK;
  }

  /**
   * Bytes of direct memory that have been taken and not released; includes lost ones until they are
   * found.
   */
  long bytesInUse() {
    return (long) allocated.size() * CHUNK - pooledBytes();
  }
}
