// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.suites;

import dev.clientconn.interop.crosslang.Toolchain;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs h2spec's cases for clients in a process of their own, each on its own port; see its
 * {@code main.go}.
 */
final class H2SpecServer implements AutoCloseable {
  private static final int START_SECONDS = 120;
  private static final int CASE_SECONDS = 180;

  /** @param id section and number, as in {@code 5.1/5} */
  record Case(String id, int port, String description) {}

  /**
   * The end of a case.
   *
   * @param report GOAWAY and RST_STREAM frames that the client sent, and for a failure what was
   *     expected
   */
  record Outcome(boolean passed, String report) {}

  private final Process process;
  private final List<Case> cases = new ArrayList<>();
  private final Map<String, CompletableFuture<Outcome>> outcomes = new ConcurrentHashMap<>();
  private final CompletableFuture<List<Case>> listening = new CompletableFuture<>();

  private H2SpecServer(Process process) {
    this.process = process;
  }

  /**
   * Builds and starts the process.
   *
   * @param silent the cases in which the client sends nothing, so that they wait only for a while
   */
  static H2SpecServer start(Collection<String> silent) throws IOException, InterruptedException {
    Toolchain.GO.require();
    Path binary = Toolchain.output("suites").resolve("h2spec");
    Toolchain.build("suites", "go", "build", "-buildvcs=false", "-o", binary.toString(), ".");
    List<String> command = new ArrayList<>(silent);
    command.add(0, binary.toString());
    H2SpecServer server =
        new H2SpecServer(new ProcessBuilder(command).redirectErrorStream(true).start());
    Thread reader = new Thread(server::readOutput, "output of h2spec");
    reader.setDaemon(true);
    reader.start();
    return server;
  }

  List<Case> cases() {
    return listening.orTimeout(START_SECONDS, TimeUnit.SECONDS).join();
  }

  Outcome await(Case testCase) throws InterruptedException {
    try {
      return outcome(testCase.id()).get(CASE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("h2spec has not ended case %s within %d s; it is %s"
          .formatted(testCase, CASE_SECONDS, process.isAlive() ? "running" : "not running"));
    } catch (ExecutionException e) {
      throw new AssertionError(testCase.toString(), e);
    }
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    process.destroy();
  }

  private void readOutput() {
    try (BufferedReader lines = process.inputReader()) {
      lines.lines().forEach(this::readLine);
    } catch (IOException | UncheckedIOException e) {
      listening.completeExceptionally(e);
    }
    IOException ended = new IOException("h2spec ended");
    listening.completeExceptionally(ended);
    outcomes.values().forEach(outcome -> outcome.completeExceptionally(ended));
  }

  private void readLine(String line) {
    String[] words = line.split(" ", 3);
    switch (words[0]) {
      case "case" -> {
        String[] rest = words[2].split(" ", 2);
        cases.add(new Case(words[1], Integer.parseInt(rest[0]), rest[1]));
      }
      case "listening" -> listening.complete(List.copyOf(cases));
      case "passed", "failed" ->
        outcome(words[1]).complete(new Outcome(words[0].equals("passed"), words[2]));
      default -> listening.completeExceptionally(new IOException(line));
    }
  }

  private CompletableFuture<Outcome> outcome(String id) {
    return Objects.requireNonNull(
        outcomes.computeIfAbsent(id, absent -> new CompletableFuture<>()));
  }
}
