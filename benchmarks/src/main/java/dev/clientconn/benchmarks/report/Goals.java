// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.report;

import dev.clientconn.benchmarks.workload.StubMode;
import dev.clientconn.benchmarks.workload.Workload;
import java.util.ArrayList;
import java.util.List;

/** ClientConn's performance goals: the highest ratios to grpc-netty that each workload may have. */
final class Goals {

  private static final int SMALL = 100;
  private static final int MIB = 1 << 20;

  private Goals() {}

  /**
   * The highest ratio of one metric.
   *
   * @param metric what is compared
   * @param ratio the subject's median divided by the baseline's, at most
   */
  record Goal(Metric metric, double ratio) {}

  /** Empty for a workload that has no goal. */
  static List<Goal> of(Workload workload) {
    return switch (workload.run()) {
      case LOAD -> workload.plain() ? ofLoad(workload) : List.of();
      case CONNECTION_MEMORY -> List.of(new Goal(Metric.HEAP_BYTES, 0.6));
      case STREAM_MEMORY -> List.of(new Goal(Metric.HEAP_BYTES, 0.4));
    };
  }

  private static List<Goal> ofLoad(Workload workload) {
    if (workload.requestBytes() == MIB || workload.responseBytes() == MIB) {
      return goals(0.8, 0.8);
    }
    if (workload.requestBytes() != SMALL || workload.responseBytes() != SMALL) {
      return List.of();
    }
    return switch (workload.kind()) {
      case UNARY -> ofSmallUnary(workload.mode(), workload.inFlight());
      case SERVER_STREAM -> goals(0.33, 0.33);
      default -> List.of();
    };
  }

  private static List<Goal> ofSmallUnary(StubMode mode, int inFlight) {
    if (mode == StubMode.ASYNC_DIRECT && inFlight >= 64 && inFlight <= 512) {
      return goals(0.20, 0.28, new Goal(Metric.P99_MICROS, 0.4));
    }
    if (mode == StubMode.ASYNC && inFlight == 100) {
      return goals(0.25, 0.30);
    }
    if (mode == StubMode.BLOCKING && inFlight == 1) {
      return goals(0.60, 0.30, new Goal(Metric.MEAN_MICROS, 0.85));
    }
    if (mode == StubMode.BLOCKING && inFlight == 100) {
      return goals(0.35, 0.30, new Goal(Metric.MEAN_MICROS, 0.45));
    }
    return List.of();
  }

  private static List<Goal> goals(double cpu, double bytes, Goal... latency) {
    List<Goal> goals = new ArrayList<>();
    goals.add(new Goal(Metric.CPU_MICROS, cpu));
    goals.add(new Goal(Metric.BYTES, bytes));
    goals.addAll(List.of(latency));
    return goals;
  }
}
