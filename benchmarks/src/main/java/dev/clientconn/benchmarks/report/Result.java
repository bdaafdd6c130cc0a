// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.report;

import org.jspecify.annotations.Nullable;

/**
 * The outcome of one client process.
 *
 * @param workload the workload as {@link dev.clientconn.benchmarks.workload.Workload#spec} has it
 * @param client the client's name
 * @param fork counted from 1
 * @param outcome how it ended
 */
public record Result(String workload, String client, int fork, Outcome outcome) {

  private static final int MOST_CAUSES = 4;

  /**
   * How a process ended; one of the three is not null.
   *
   * @param measurement of calls
   * @param memory of a memory run
   * @param failure why there is neither
   */
  public record Outcome(
      @Nullable Measurement measurement,
      @Nullable Memory memory,
      @Nullable String failure) {

    public static Outcome of(Measurement measurement) {
      return new Outcome(measurement, null, null);
    }

    public static Outcome of(Memory memory) {
      return new Outcome(null, memory, null);
    }

    /** A failure, described by its messages and those of its causes. */
    public static Outcome failed(Throwable failure) {
      StringBuilder reason = new StringBuilder(text(failure));
      Throwable cause = failure.getCause();
      for (int i = 0; i < MOST_CAUSES && cause != null; i++) {
        reason.append("; ").append(text(cause));
        cause = cause.getCause();
      }
      return new Outcome(null, null, reason.toString());
    }

    private static String text(Throwable failure) {
      return failure instanceof IllegalStateException && failure.getMessage() != null
          ? failure.getMessage()
          : failure.toString();
    }
  }

  /**
   * Memory of idle connections or streams.
   *
   * @param things how many were measured
   * @param heapBytes live heap of one of them
   * @param directBytes memory outside the heap that Netty has allocated for one of them; it
   *     allocates whole chunks
   */
  public record Memory(int things, double heapBytes, double directBytes) {}

  /** Whether it has no figures. */
  public boolean failed() {
    return outcome.failure() != null;
  }
}
