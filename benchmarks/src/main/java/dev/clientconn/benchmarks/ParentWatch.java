// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.io.IOException;

/** Ends a child process when its parent is gone, however that ended: standard input is a pipe the parent holds open. */
final class ParentWatch {

  private ParentWatch() {}

  static void exitWithParent() {
    Thread watch = new Thread(
        () -> {
          awaitParentEnd();
          Runtime.getRuntime().halt(2);
        },
        "parent-watch");
    watch.setDaemon(true);
    watch.start();
  }

  static void awaitParentEnd() {
    try {
      while (System.in.read() >= 0) {
        // Nothing is said on this pipe; only its end counts.
      }
    } catch (IOException e) {
      // A broken pipe is an end as well.
    }
  }
}
