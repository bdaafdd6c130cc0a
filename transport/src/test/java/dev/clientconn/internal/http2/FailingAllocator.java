// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.UnpooledByteBufAllocator;

/**
 * Allocates buffers, and fails one allocation with an Error when a test asks for it, as Netty does
 * when direct memory is used up.
 */
final class FailingAllocator extends AbstractByteBufAllocator {

  private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true, true);
  private int untilFailure = Integer.MAX_VALUE;

  FailingAllocator() {
    super(true);
  }

  /** The allocation after so many others fails. */
  void failsAfter(int allocations) {
    untilFailure = allocations;
  }

  /** Whether what {@link #failsAfter} asked for has come to pass. */
  boolean hasFailed() {
    return untilFailure == Integer.MAX_VALUE;
  }

  ByteBufAllocatorMetric metric() {
    return memory.metric();
  }

  @Override
  protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
    return memory.heapBuffer(initialCapacity, maxCapacity);
  }

  @Override
  protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
    if (untilFailure != Integer.MAX_VALUE && untilFailure-- == 0) {
      untilFailure = Integer.MAX_VALUE;
      throw new OutOfMemoryError("no direct memory, says the test");
    }
    return memory.directBuffer(initialCapacity, maxCapacity);
  }

  @Override
  public boolean isDirectBufferPooled() {
    return false;
  }
}
