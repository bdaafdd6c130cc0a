// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import static dev.clientconn.internal.message.ChunkPool.CHUNK;

import dev.clientconn.internal.threading.CrossesThreads;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.util.internal.PlatformDependent;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Chunks of direct memory that large messages are serialised into, and that the socket reads them from. Any thread
 * takes; a chunk comes back by itself when its last reference is released, on whatever thread that is. One that is
 * forgotten is garbage like any other direct buffer, and another takes its place.
 */
@CrossesThreads
final class OutboundChunkPool {

  private static final long MOST = 64 * 1024 * 1024;
  private static final int HEAP_PART = 16;
  private static final int DIRECT_PART = 8;

  /** The process's: at most 64 MiB, 1/16 of the heap and 1/8 of the direct memory that the JVM may use. */
  static final OutboundChunkPool SHARED = new OutboundChunkPool(Math.min(
      MOST,
      Math.min(
          Runtime.getRuntime().maxMemory() / HEAP_PART,
          PlatformDependent.maxDirectMemory() / DIRECT_PART)));

  private final class Chunk extends UnpooledDirectByteBuf {
    Chunk() {
      super(UnpooledByteBufAllocator.DEFAULT, ByteBuffer.allocateDirect(CHUNK), CHUNK);
    }

    @Override
    protected void deallocate() {
      resetRefCnt();
      resting.add(this);
    }
  }

  private final int most;
  private final RestingStack<Chunk> resting = new RestingStack<>(Integer.MAX_VALUE);
  /** All that were made and are not known to be lost. */
  private final Set<Reference<Chunk>> made = ConcurrentHashMap.newKeySet();

  private final ReferenceQueue<Chunk> lost = new ReferenceQueue<>();

  /**
   * @param maxBytes of direct memory, at rest or lent
   */
  OutboundChunkPool(long maxBytes) {
    this.most = (int) Math.min(Integer.MAX_VALUE, maxBytes / CHUNK);
  }

  /** A chunk with one reference, the caller's; of heap memory, which goes nowhere afterwards, if all are lent. */
  ByteBuf take() {
    Chunk chunk = resting.take();
    if (chunk != null) {
      return chunk;
    }
    for (Reference<?> gone = lost.poll(); gone != null; gone = lost.poll()) {
      made.remove(gone);
    }
    // Several threads may pass the limit by one chunk each.
    return made.size() < most ? make() : Unpooled.buffer(CHUNK, CHUNK);
  }

  private ByteBuf make() {
    Chunk chunk = new Chunk();
    made.add(new PhantomReference<>(chunk, lost));
    return chunk;
  }

  /** Bytes that wait to be used again. */
  long resting() {
    return (long) resting.size() * CHUNK;
  }

  /** Bytes of direct memory that have not come back and are not known to be lost. */
  long lent() {
    return (long) made.size() * CHUNK - resting();
  }
}
