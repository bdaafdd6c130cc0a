// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A JVM started with this class path, and how it notices that its parent has ended. Every wait has
 * a limit, and closing leaves no process behind.
 */
public final class ChildProcess implements AutoCloseable {

  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  private final String name;
  private final Process process;
  private final CompletableFuture<String> firstLine;

  private ChildProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    this.firstLine = CompletableFuture.supplyAsync(this::readFirstLine);
  }

  /**
   * Starts a JVM.
   *
   * @param cpus CPU list to pin the process to, in taskset's format; empty to not pin it
   */
  public static ChildProcess start(
      Class<?> main, List<String> jvmArguments, List<String> arguments, String cpus)
      throws IOException {
    List<String> command = new ArrayList<>();
    if (!cpus.isEmpty()) {
      command.addAll(List.of("taskset", "-c", cpus));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmArguments);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    Process process = new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new ChildProcess(main.getSimpleName() + " " + arguments, process);
  }

  /** Returns the first line of output; throws IllegalStateException if there is none in time. */
  public String firstLine(Duration limit) throws InterruptedException {
    try {
      String line = firstLine.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (line.isEmpty()) {
        throw new IllegalStateException(name + " ended without a result; see its error above");
      }
      return line;
    } catch (TimeoutException e) {
      throw new IllegalStateException(name + " printed nothing within " + limit, e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(name + " cannot be read", e.getCause());
    }
  }

  boolean running() {
    return process.isAlive();
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // The process has ended already.
    }
    try {
      if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** In a child: ends this process when its parent ends. */
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

  /** In a child: waits until its parent ends or closes it. */
  static void awaitParentEnd() {
    try {
      while (System.in.read() >= 0) {
        // Standard input is a pipe on which nothing is sent; only its end matters.
      }
    } catch (IOException e) {
      // A broken pipe is an end as well.
    }
  }

  private String readFirstLine() {
    try (BufferedReader reader = new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String line = reader.readLine();
      return line == null ? "" : line;
    } catch (IOException e) {
      return "";
    }
  }
}
