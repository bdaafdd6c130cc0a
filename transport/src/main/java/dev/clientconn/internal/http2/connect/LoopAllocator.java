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

  static final LoopAllocator SHARED = new LoopAllocator();

  private static final int MIN_BITS = 9;
  private static final int MAX_BITS = 18;

  /** Capacities of buffers that are kept, bytes. They are powers of two. */
  static final int MIN_KEPT = 1 << MIN_BITS;

  static final int MAX_KEPT = 1 << MAX_BITS;

  /**
   * A loop keeps so many bytes in buffers of one capacity, or so many buffers if these have more:
   * 2.6 MiB in all. 256 headers of DATA frames may wait for a socket, in a buffer each.
   */
  private static final int MAX_BYTES_OF_A_CAPACITY = 128 * 1024;

  private static final int MIN_BUFFERS_OF_A_CAPACITY = 4;

  private final FastThreadLocal<Released> released = new FastThreadLocal<>() {
    @Override
    protected Released initialValue() {
      return new Released(Thread.currentThread());
    }

    @Override
    protected void onRemoval(Released ofEndedThread) {
      ofEndedThread.free();
    }
  };

  LoopAllocator() {
    super(/* preferDirect */ true);
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
    /** By capacity, from the smallest. */
    private final List<ArrayDeque<Reusable>> buffers = new ArrayList<>(MAX_BITS - MIN_BITS + 1);

    private boolean ended;

    Released(Thread thread) {
      this.thread = thread;
      for (int bits = MIN_BITS; bits <= MAX_BITS; bits++) {
        buffers.add(new ArrayDeque<>());
      }
    }

    ByteBuf takeOrAllocate(LoopAllocator allocator, int minCapacity) {
      int bits = Integer.SIZE - Integer.numberOfLeadingZeros(minCapacity - 1);
      Reusable kept = buffers.get(bits - MIN_BITS).pollLast();
      if (kept != null) {
        return kept.reuse().clear().markReaderIndex().markWriterIndex();
      }
      return PlatformDependent.hasUnsafe()
          ? new UnsafeBuffer(allocator, this, 1 << bits)
          : new Buffer(allocator, this, 1 << bits);
    }

    /** Returns false if the buffer is not kept, so that it must be freed. Any thread. */
    <B extends ByteBuf & Reusable> boolean keep(B buffer) {
      if (Thread.currentThread() != thread || ended) {
        return false;
      }
      int capacity = buffer.capacity();
      if (capacity > MAX_KEPT || Integer.bitCount(capacity) != 1 || capacity < MIN_KEPT) {
        return false;
      }
      ArrayDeque<Reusable> same = buffers.get(Integer.numberOfTrailingZeros(capacity) - MIN_BITS);
      int most = Math.max(MIN_BUFFERS_OF_A_CAPACITY, MAX_BYTES_OF_A_CAPACITY / capacity);
      return same.size() < most && same.add(buffer);
    }

    void free() {
      ended = true;
      for (ArrayDeque<Reusable> same : buffers) {
        for (Reusable kept = same.poll(); kept != null; kept = same.poll()) {
          kept.reuse().release();
        }
      }
    }

    /** Returns the capacity of all buffers. */
    long bytes() {
      long bytes = 0;
      for (int bits = MIN_BITS; bits <= MAX_BITS; bits++) {
        bytes += (long) buffers.get(bits - MIN_BITS).size() << bits;
      }
      return bytes;
    }
  }

  /** A buffer that can be used again after its last release. */
  private interface Reusable {

    /** Returns this buffer with one reference. */
    ByteBuf reuse();
  }

  private static final class Buffer extends UnpooledDirectByteBuf implements Reusable {
    private final Released released;

    Buffer(LoopAllocator allocator, Released released, int capacity) {
      super(allocator, capacity, Integer.MAX_VALUE);
      this.released = released;
    }

    @Override
    public ByteBuf reuse() {
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

  /** Does the same with {@code Unsafe}, where Netty can use it. */
  private static final class UnsafeBuffer extends UnpooledUnsafeDirectByteBuf implements Reusable {
    private final Released released;

    UnsafeBuffer(LoopAllocator allocator, Released released, int capacity) {
      super(allocator, capacity, Integer.MAX_VALUE);
      this.released = released;
    }

    @Override
    public ByteBuf reuse() {
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
