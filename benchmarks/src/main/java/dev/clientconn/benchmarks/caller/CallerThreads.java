// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.caller;

import dev.clientconn.benchmarks.workload.StubMode;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Starts a thread for each blocking caller. Virtual threads are accessed by reflection, because
 * this code compiles for Java 17.
 */
public final class CallerThreads {

  private final Executor threads;

  public CallerThreads(StubMode mode) {
    this.threads =
        mode == StubMode.BLOCKING_VIRTUAL ? newVirtualExecutor() : CallerThreads::startPlatform;
  }

  public static boolean virtualAvailable() {
    return Runtime.version().feature() >= 21;
  }

  /** Creates an executor that starts a virtual thread for each task. */
  public static ExecutorService newVirtualExecutor() {
    if (!virtualAvailable()) {
      throw new IllegalStateException(
          "virtual threads need a JDK of 21 or later; this is " + Runtime.version());
    }
    try {
      return (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JDK creates no virtual threads", e);
    }
  }

  void start(Runnable caller) {
    threads.execute(caller);
  }

  private static void startPlatform(Runnable caller) {
    Thread thread = new Thread(caller, "blocking-caller");
    thread.setDaemon(true);
    thread.start();
  }
}
