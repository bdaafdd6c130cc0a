// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** What part of the baseline's cost ClientConn is to keep below, workload by workload. */
final class Targets {

  private static final int SMALL = 100;
  private static final int MIB = 1 << 20;

  private Targets() {}

  /**
   * A figure's highest ratio to the baseline's.
   *
   * @param figure what is compared
   * @param ratio what it may be at most
   */
  record Target(Figure figure, double ratio) {}

  /** None for a workload that has no target. */
  static List<Target> of(Workload workload) {
    return switch (workload.run()) {
      case LOAD -> workload.plain() ? ofLoad(workload) : List.of();
      case SETUP -> List.of();
      case CONNECTION_MEMORY -> List.of(new Target(Figure.HEAP_BYTES, 0.6));
      case STREAM_MEMORY -> List.of(new Target(Figure.HEAP_BYTES, 0.4));
    };
  }

  private static List<Target> ofLoad(Workload workload) {
    if (workload.requestBytes() == MIB || workload.responseBytes() == MIB) {
      return targets(0.8, 0.8);
    }
    if (workload.requestBytes() != SMALL || workload.responseBytes() != SMALL) {
      return List.of();
    }
    return switch (workload.kind()) {
      case UNARY -> ofSmallUnary(workload.mode(), workload.inFlight());
      case SERVER_STREAM -> targets(0.33, 0.33);
      default -> List.of();
    };
  }

  private static List<Target> ofSmallUnary(StubMode mode, int inFlight) {
    if (mode == StubMode.ASYNC_DIRECT && inFlight >= 64 && inFlight <= 512) {
      return targets(0.20, 0.28, new Target(Figure.P99_MICROS, 0.4));
    }
    if (mode == StubMode.ASYNC && inFlight == 100) {
      return targets(0.25, 0.30);
    }
    if (mode == StubMode.BLOCKING && inFlight == 1) {
      return targets(0.60, 0.30, new Target(Figure.MEAN_MICROS, 0.85));
    }
    if (mode == StubMode.BLOCKING && inFlight == 100) {
      return targets(0.35, 0.30, new Target(Figure.MEAN_MICROS, 0.45));
    }
    return List.of();
  }

  private static List<Target> targets(double cpu, double bytes, Target... latency) {
    List<Target> targets = new ArrayList<>();
    targets.add(new Target(Figure.CPU_MICROS, cpu));
    targets.add(new Target(Figure.BYTES, bytes));
    targets.addAll(List.of(latency));
    return targets;
  }
}
