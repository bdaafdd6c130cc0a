// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a main class in a JVM of its own, with the class path of the tests. Its output goes to a
 * file: the read of a pipe does not end before the process does, and cannot be interrupted.
 */
public final class ChildJvm {

  private ChildJvm() {}

  /**
   * Runs a main class, and fails if it does not end with 0 within the limit.
   *
   * @param options options of the JVM; a class path among them replaces that of the tests
   * @return what it has written to standard output and standard error
   */
  public static String run(Duration limit, List<String> options, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", classPath()));
    command.addAll(options);
    command.add(main.getName());
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile("child-jvm", ".txt");
    Process process = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
    try {
      boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
      String text = Files.readString(output);
      assertThat(ended).as("%s has not ended within %s: %s", main, limit, text).isTrue();
      assertThat(process.exitValue()).as(text).isZero();
      return text;
    } finally {
      process.destroyForcibly();
      Files.delete(output);
    }
  }

  public static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }
}
