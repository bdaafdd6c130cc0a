// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.util.concurrent.Executor;

/** Gives each blocking lane a thread of its own. */
final class LaneThreads {

  private final Executor threads;

  LaneThreads(StubMode mode) {
    this.threads =
        mode == StubMode.BLOCKING_VIRTUAL ? VirtualThreads.newExecutor() : LaneThreads::platform;
  }

  void start(Runnable lane) {
    threads.execute(lane);
  }

  private static void platform(Runnable lane) {
    Thread thread = new Thread(lane, "blocking-lane");
    thread.setDaemon(true);
    thread.start();
  }
}
