// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import io.netty.util.internal.PlatformDependent;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

/** What this process holds at one moment, garbage left out. */
record MemoryReading(long heapBytes, long directBytes) {

  private static final int COLLECTIONS = 5;
  private static final long PAUSE_MILLIS = 100;

  /** Collects until nothing more goes: what a first collection makes unreachable, a second one frees. */
  static MemoryReading take() throws InterruptedException {
    long heap = Long.MAX_VALUE;
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      Thread.sleep(PAUSE_MILLIS);
      heap = Math.min(
          heap, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return new MemoryReading(heap, direct());
  }

  MemoryMeasurement since(MemoryReading before, int things) {
    return new MemoryMeasurement(
        things,
        (double) (heapBytes - before.heapBytes) / things,
        (double) (directBytes - before.directBytes) / things);
  }

  private static long direct() {
    long nio = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
    return nio + Math.max(0, PlatformDependent.usedDirectMemory());
  }
}
