// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** This process's counters at one moment. */
record ProcessReading(
    long nanoTime,
    long cpuNanos,
    long compilerNanos,
    long allocatedBytes,
    long operations,
    long gcCount,
    long gcMillis) {

  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  static ProcessReading take(AllocationMeter allocation, CallRecorder recorder) {
    long gcCount = 0;
    long gcMillis = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      gcCount += collector.getCollectionCount();
      gcMillis += collector.getCollectionTime();
    }
    return new ProcessReading(
        System.nanoTime(),
        SYSTEM.getProcessCpuTime(),
        CompilerMeter.cpuNanos(),
        allocation.sample(),
        recorder.operations(),
        gcCount,
        gcMillis);
  }

  Measurement since(ProcessReading start, Duration warmUp, Histogram latency) {
    long done = operations - start.operations;
    if (done == 0) {
      throw new IllegalStateException("no operation ended in the measured interval");
    }
    long compiling = compilerNanos - start.compilerNanos;
    double seconds = (nanoTime - start.nanoTime) / (double) TimeUnit.SECONDS.toNanos(1);
    return new Measurement(
        done,
        seconds,
        done / seconds,
        (double) (cpuNanos - start.cpuNanos - compiling) / done,
        (double) compiling / (nanoTime - start.nanoTime),
        warmUp.toMillis() / 1_000.0,
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
