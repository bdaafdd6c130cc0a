// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.buffer.UnpooledUnsafeDirectByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.internal.PlatformDependent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Allocates the direct buffers of connections: received bytes, frames to send, TLS records. Most
 * are released in the same turn of the event loop, so each loop keeps some for its next turns.
 *
 * <p>Netty's pools would do as well, but the first chunk that they allocate initialises the JFR of
 * the JVM, which is a fifth of the CPU time of the first call in a fresh one. Heap buffers, which
 * only the JDK's TLS engine takes, do come from Netty's default allocator.
 */
@CrossesThreads
final class LoopAllocator extends AbstractByteBufAllocator {

  private static final int MIN_BITS = 6;
  private static final int MAX_BITS = 18;

  /** Capacities of buffers that are kept, bytes. They are powers of two. */
  static final int MIN_KEPT = 1 << MIN_BITS;

  static final int MAX_KEPT = 1 << MAX_BITS;

  /**
   * A loop keeps so many bytes in buffers of one capacity, but not less than four buffers nor more
   * than 256: 2.7 MiB in all.
   */
  private static final int MAX_BYTES_OF_A_CAPACITY = 128 * 1024;

  private static final int MIN_BUFFERS_OF_A_CAPACITY = 4;
  private static final int MAX_BUFFERS_OF_A_CAPACITY = 256;

  /** All loops together keep at most this part of the direct memory that the JVM may use. */
  private static final int DIRECT_PART = 8;

  private static final ByteBufAllocator ofConnections = freesMemoryAtOnce()
      ? new LoopAllocator(PlatformDependent.maxDirectMemory()
          / DIRECT_PART
          / Runtime.getRuntime().availableProcessors())
      : ByteBufAllocator.DEFAULT;

  private final long maxKeptBytes;

  private final FastThreadLocal<Released> released = new FastThreadLocal<>() {
    @Override
    protected Released initialValue() {
      return new Released(Thread.currentThread(), maxKeptBytes);
    }

    @Override
    protected void onRemoval(Released ofEndedThread) {
      ofEndedThread.free();
    }
  };

  /**
   * @param maxKeptBytes direct memory that one loop keeps at most, in buffers that are not in use
   */
  LoopAllocator(long maxKeptBytes) {
    super(/* preferDirect */ true);
    this.maxKeptBytes = maxKeptBytes;
  }

  /**
   * Returns the allocator of all connections. It is Netty's where {@code Unsafe} cannot be used
   * (by default from Java 25 on): Netty leaves the memory of single direct buffers to the garbage
   * collector there, so that each buffer that grows or is not kept would pile up until it runs.
   */
  static ByteBufAllocator ofConnections() {
    return ofConnections;
  }

  static boolean freesMemoryAtOnce() {
    return PlatformDependent.hasUnsafe() && PlatformDependent.canReliabilyFreeDirectBuffers();
  }

  /** Returns a buffer whose capacity may be larger, like that of any pooled buffer. */
  @Override
  protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
    boolean reusable = initialCapacity <= MAX_KEPT
        && maxCapacity == Integer.MAX_VALUE
        && Thread.currentThread() instanceof FastThreadLocalThread;
    return toLeakAwareBuffer(
        reusable
            ? released.get().takeOrAllocate(this, Math.max(MIN_KEPT, initialCapacity))
            : new UnpooledDirectByteBuf(this, initialCapacity, maxCapacity));
  }

  @Override
  protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
    return ByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
  }

  @Override
  public boolean isDirectBufferPooled() {
    return true;
  }

  /** Returns what the current thread keeps. */
  Released released() {
    return released.get();
  }

  /** Keeps the released buffers of one thread. */
  static final class Released {
    private final Thread thread;
    private final long maxBytes;
    /** By capacity, from the smallest. */
    private final List<ArrayDeque<Reusable>> buffers = new ArrayList<>(MAX_BITS - MIN_BITS + 1);

    private long bytes;
    private boolean ended;

    Released(Thread thread, long maxBytes) {
      this.thread = thread;
      this.maxBytes = maxBytes;
      for (int bits = MIN_BITS; bits <= MAX_BITS; bits++) {
        buffers.add(new ArrayDeque<>());
      }
    }

    ByteBuf takeOrAllocate(LoopAllocator allocator, int minCapacity) {
      int bits = Integer.SIZE - Integer.numberOfLeadingZeros(minCapacity - 1);
      Reusable kept = buffers.get(bits - MIN_BITS).pollLast();
      if (kept == null) {
        return new Reusable(allocator, this, 1 << bits);
      }
      bytes -= kept.capacity();
      return kept.reuse().clear().markReaderIndex().markWriterIndex();
    }

    /** Returns false if the buffer is not kept, so that it must be freed. Any thread. */
    boolean keep(Reusable buffer) {
      if (Thread.currentThread() != thread || ended) {
        return false;
      }
      int capacity = buffer.capacity();
      if (capacity > MAX_KEPT
          || Integer.bitCount(capacity) != 1
          || capacity < MIN_KEPT
          || bytes + capacity > maxBytes) {
        return false;
      }
      ArrayDeque<Reusable> same = buffers.get(Integer.numberOfTrailingZeros(capacity) - MIN_BITS);
      if (same.size() >= mostOf(capacity)) {
        return false;
      }
      same.add(buffer);
      bytes += capacity;
      return true;
    }

    private static int mostOf(int capacity) {
      int most = Math.min(MAX_BUFFERS_OF_A_CAPACITY, MAX_BYTES_OF_A_CAPACITY / capacity);
      return Math.max(MIN_BUFFERS_OF_A_CAPACITY, most);
    }

    void free() {
      ended = true;
      bytes = 0;
      for (ArrayDeque<Reusable> same : buffers) {
        for (Reusable kept = same.poll(); kept != null; kept = same.poll()) {
          kept.reuse().release();
        }
      }
    }

    /** Returns the capacity of all buffers. */
    long bytes() {
      return bytes;
    }
  }

  /** A buffer that can be used again after its last release. */
  private static final class Reusable extends UnpooledUnsafeDirectByteBuf {
    private final Released released;

    Reusable(LoopAllocator allocator, Released released, int capacity) {
      super(allocator, capacity, Integer.MAX_VALUE);
      this.released = released;
    }

    /** Returns this buffer with one reference. */
    ByteBuf reuse() {
      resetRefCnt();
      return this;
    }

    @Override
    protected void deallocate() {
      if (!released.keep(this)) {
        super.deallocate();
      }
    }
  }
}
