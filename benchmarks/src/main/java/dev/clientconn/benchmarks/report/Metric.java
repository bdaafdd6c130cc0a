// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.report;

import dev.clientconn.benchmarks.report.Result.Memory;
import java.util.List;

/** A figure that clients are compared by. Less is better, except for operations per second. */
enum Metric {
  OPERATIONS("ops/s", "%,.0f"),
  CPU_MICROS("CPU µs/op", "%,.2f"),
  BYTES("B/op", "%,.0f"),
  MEAN_MICROS("mean µs", "%,.0f"),
  P50_MICROS("p50 µs", "%,.0f"),
  P99_MICROS("p99 µs", "%,.0f"),
  P999_MICROS("p99.9 µs", "%,.0f"),
  COLLECTIONS("GCs", "%.0f"),
  COMPILER_PERCENT("JIT %", "%.0f"),
  HEAP_BYTES("heap B each", "%,.0f"),
  DIRECT_BYTES("direct B each", "%,.0f");

  private final String title;
  private final String format;

  Metric(String title, String format) {
    this.title = title;
    this.format = format;
  }

  String title() {
    return title;
  }

  String format() {
    return format;
  }

  /** The values of the results that have this metric. */
  Samples in(List<Result> results) {
    return new Samples(results.stream()
        .mapToDouble(this::of)
        .filter(value -> !Double.isNaN(value))
        .toArray());
  }

  private double of(Result result) {
    Measurement load = result.outcome().measurement();
    if (load != null) {
      return of(load);
    }
    Memory memory = result.outcome().memory();
    return switch (this) {
      case HEAP_BYTES -> memory == null ? Double.NaN : memory.heapBytes();
      case DIRECT_BYTES -> memory == null ? Double.NaN : memory.directBytes();
      default -> Double.NaN;
    };
  }

  private double of(Measurement load) {
    return switch (this) {
      case OPERATIONS -> load.operationsPerSecond();
      case CPU_MICROS -> load.cpuNanosPerOperation() / 1_000;
      case BYTES -> load.bytesPerOperation();
      case MEAN_MICROS -> latency(load, load.meanMicros());
      case P50_MICROS -> latency(load, load.p50Micros());
      case P99_MICROS -> latency(load, load.p99Micros());
      case P999_MICROS -> latency(load, load.p999Micros());
      case COLLECTIONS -> load.gcCount();
      case COMPILER_PERCENT -> 100 * load.compilerShare();
      case HEAP_BYTES, DIRECT_BYTES -> Double.NaN;
    };
  }

  private static double latency(Measurement load, double value) {
    return load.latencies() == 0 ? Double.NaN : value;
  }
}
