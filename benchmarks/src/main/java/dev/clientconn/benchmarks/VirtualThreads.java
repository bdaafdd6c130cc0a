// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Java's virtual threads, which the Java this is written in does not know yet. */
final class VirtualThreads {

  private VirtualThreads() {}

  static boolean available() {
    return Runtime.version().feature() >= 21;
  }

  /** A thread a task. */
  static ExecutorService newExecutor() {
    if (!available()) {
      throw new IllegalStateException(
          "virtual threads need a JDK of 21 or later; this is " + Runtime.version());
    }
    try {
      return (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JDK makes no virtual threads", e);
    }
  }
}
