// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.process;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import dev.clientconn.benchmarks.report.Measurement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Reads this process's counters of CPU time, allocated heap bytes and collections. Used by one
 * thread.
 */
final class ProcessMeter {

  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final Path TASKS = Path.of("/proc/self/task");

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final @Nullable Method totalAllocated = totalAllocatedMethod();
  private final Map<Long, Long> lastSeen = new HashMap<>();

  /** The counters at one moment. */
  record Reading(
      long nanoTime,
      long cpuNanos,
      long compilerNanos,
      long allocatedBytes,
      long operations,
      long gcCount,
      long gcMillis) {

    /** The difference to an earlier reading, per operation where it belongs to calls. */
    Measurement since(Reading start, double warmUpSeconds, Histogram latency) {
      long done = operations - start.operations;
      if (done == 0) {
        throw new IllegalStateException("no operation ended in the measured interval");
      }
      long compiling = compilerNanos - start.compilerNanos;
      double seconds = (nanoTime - start.nanoTime) / 1e9;
      return new Measurement(
          done,
          seconds,
          done / seconds,
          (double) (cpuNanos - start.cpuNanos - compiling) / done,
          (double) compiling / (nanoTime - start.nanoTime),
          warmUpSeconds,
          (double) (allocatedBytes - start.allocatedBytes) / done,
          gcCount - start.gcCount,
          gcMillis - start.gcMillis,
          latency.getTotalCount(),
          latency.getMean() / 1_000,
          latency.getValueAtPercentile(50) / 1_000.0,
          latency.getValueAtPercentile(99) / 1_000.0,
          latency.getValueAtPercentile(99.9) / 1_000.0);
    }
  }

  Reading read(long operations) {
    long gcCount = 0;
    long gcMillis = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      gcCount += collector.getCollectionCount();
      gcMillis += collector.getCollectionTime();
    }
    return new Reading(
        System.nanoTime(),
        SYSTEM.getProcessCpuTime(),
        compilerNanos(),
        allocatedBytes(),
        operations,
        gcCount,
        gcMillis);
  }

  /**
   * Heap bytes that all threads have allocated since the JVM started. From JDK 21 on the JVM counts
   * them; before, this adds up the live threads and the last values seen of ended ones, so it must
   * be called every few hundred milliseconds.
   */
  long allocatedBytes() {
    if (totalAllocated != null) {
      try {
        return (long) totalAllocated.invoke(threads);
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
    // What this thread allocates is the meter's, not the client's.
    lastSeen.remove(Thread.currentThread().getId());
    return lastSeen.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * CPU time of the JIT compiler's threads. Read from Linux's accounts of threads; on other systems
   * 0, as if the compiler never ran.
   */
  static long compilerNanos() {
    if (!Files.isDirectory(TASKS)) {
      return 0;
    }
    long sum = 0;
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
      for (Path task : tasks) {
        sum += compilerNanos(task);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the threads of this process cannot be listed", e);
    }
    return sum;
  }

  private static long compilerNanos(Path task) throws IOException {
    try {
      String name = Files.readString(task.resolve("comm"));
      if (!name.startsWith("C1 Compiler") && !name.startsWith("C2 Compiler")) {
        return 0;
      }
      String schedule = Files.readString(task.resolve("schedstat"));
      return Long.parseLong(schedule.substring(0, schedule.indexOf(' ')));
    } catch (NoSuchFileException e) {
      return 0; // The thread has ended, or this kernel keeps no accounts.
    }
  }

  private static @Nullable Method totalAllocatedMethod() {
    try {
      return ThreadMXBean.class.getMethod("getTotalThreadAllocatedBytes");
    } catch (NoSuchMethodException e) {
      return null;
    }
  }
}
