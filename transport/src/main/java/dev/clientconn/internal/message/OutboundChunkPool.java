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
 * Chunks of direct memory that large messages are serialised into, and that the socket reads them from. Any thread
 * takes; a chunk comes back by itself when its last reference is released, on whatever thread that is, and its memory is
 * freed if enough are at rest. A chunk that is forgotten is found by the collector, and its memory freed by a later taker.
 */
@CrossesThreads
final class OutboundChunkPool {

  private static final long MOST_RESTING = 64 * 1024 * 1024;
  private static final int HEAP_PART = 16;
  private static final int DIRECT_PART = 8;

  /**
   * The process's: at most half of the direct memory that the JVM may use; at rest at most 64 MiB, 1/16 of the heap and
   * 1/8 of the direct memory.
   */
  static final OutboundChunkPool SHARED = new OutboundChunkPool(
      PlatformDependent.maxDirectMemory() / 2,
      Math.min(
          MOST_RESTING,
          Math.min(
              Runtime.getRuntime().maxMemory() / HEAP_PART,
              PlatformDependent.maxDirectMemory() / DIRECT_PART)));

  private final class Chunk extends UnpooledDirectByteBuf {
    private final Memory memory;

    Chunk(CleanableDirectBuffer bytes) {
      super(UnpooledByteBufAllocator.DEFAULT, bytes.buffer(), CHUNK);
      this.memory = new Memory(this, bytes, lost);
      made.add(memory);
    }

    @Override
    protected void deallocate() {
      if (resting.size() < mostResting) {
        resetRefCnt();
        resting.add(this);
      } else {
        free(memory);
      }
    }
  }

  /** A chunk's memory, which is to be freed once: by the chunk, or where that was forgotten. */
  private static final class Memory extends PhantomReference<Chunk> {
    private final CleanableDirectBuffer bytes;

    Memory(Chunk chunk, CleanableDirectBuffer bytes, ReferenceQueue<Chunk> lost) {
      super(chunk, lost);
      this.bytes = bytes;
    }
  }

  private final int most;
  private final int mostResting;
  private final FreeList<Chunk> resting = new FreeList<>(Integer.MAX_VALUE);
  /** All that was not freed. */
  private final Set<Memory> made = ConcurrentHashMap.newKeySet();

  private final ReferenceQueue<Chunk> lost = new ReferenceQueue<>();

  /**
   * @param maxBytes of direct memory, at rest or lent
   * @param maxResting bytes of it that wait to be used again
   */
  OutboundChunkPool(long maxBytes, long maxResting) {
    this.most = (int) Math.min(Integer.MAX_VALUE, maxBytes / CHUNK);
    this.mostResting = (int) Math.min(Integer.MAX_VALUE, maxResting / CHUNK);
  }

  /** A chunk with one reference, the caller's; of heap memory, which goes nowhere afterwards, if too many are lent. */
  ByteBuf take() {
    Chunk chunk = resting.take();
    if (chunk != null) {
      return chunk;
    }
    for (Reference<?> gone = lost.poll(); gone != null; gone = lost.poll()) {
      free((Memory) gone);
    }
    // Here, and where chunks come to rest, several threads may pass the limit by one each.
    return made.size() < most ? make() : Unpooled.buffer(CHUNK, CHUNK);
  }

  private ByteBuf make() {
    try {
      return new Chunk(PlatformDependent.allocateDirect(CHUNK));
    } catch (OutOfMemoryError e) {
      // Others have taken the direct memory.
      return Unpooled.buffer(CHUNK, CHUNK);
    }
  }

  private void free(Memory memory) {
    if (made.remove(memory)) {
      memory.bytes.clean();
    }
  }

  /** Bytes that wait to be used again. */
  long pooledBytes() {
    return (long) resting.size() * CHUNK;
  }

  /** Bytes of direct memory that have not come back and are not known to be forgotten. */
  long bytesInUse() {
    return (long) made.size() * CHUNK - pooledBytes();
  }
}
