// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * CPU time of the JVM's compiler threads, so that a run can tell when it is warm and need not charge compiling to the calls.
 * Read from Linux's per-thread accounting; elsewhere it is 0, which reads as never compiling.
 */
final class CompilerMeter {

  private static final Path TASKS = Path.of("/proc/self/task");

  private CompilerMeter() {}

  static long cpuNanos() {
    if (!Files.isDirectory(TASKS)) {
      return 0;
    }
    long sum = 0;
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
      for (Path task : tasks) {
        sum += cpuNanos(task);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the threads of this process cannot be listed", e);
    }
    return sum;
  }

  private static long cpuNanos(Path task) throws IOException {
    try {
      String name = Files.readString(task.resolve("comm"));
      if (!name.startsWith("C1 Compiler") && !name.startsWith("C2 Compiler")) {
        return 0;
      }
      String schedule = Files.readString(task.resolve("schedstat"));
      return Long.parseLong(schedule.substring(0, schedule.indexOf(' ')));
    } catch (NoSuchFileException e) {
      return 0; // The thread ended meanwhile, or this kernel keeps no account.
    }
  }
}
