// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Heap bytes allocated by all threads of this process. The JVM keeps a total from 21 on; before, the live threads are summed
 * at each sample and a thread that dies keeps the last sum it was seen with. Used by one thread.
 */
final class AllocationMeter {

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final @Nullable Method total = totalMethod();
  private final Map<Long, Long> lastSeen = new HashMap<>();

  /** Bytes since the JVM began; to be called every few hundred milliseconds. */
  long sample() {
    if (total != null) {
      try {
        return (long) total.invoke(threads);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("the JVM's allocation total cannot be read", e);
      }
    }
    long[] ids = threads.getAllThreadIds();
    long[] bytes = threads.getThreadAllocatedBytes(ids);
    for (int i = 0; i < ids.length; i++) {
      if (bytes[i] >= 0) {
        lastSeen.put(ids[i], bytes[i]);
      }
    }
    // The meter's own garbage is no client's.
    lastSeen.remove(Thread.currentThread().getId());
    return lastSeen.values().stream().mapToLong(Long::longValue).sum();
  }

  private static @Nullable Method totalMethod() {
    try {
      return ThreadMXBean.class.getMethod("getTotalThreadAllocatedBytes");
    } catch (NoSuchMethodException e) {
      return null;
    }
  }
}
