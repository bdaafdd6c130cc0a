// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.suites;

import dev.clientconn.interop.crosslang.Toolchain;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Runs h2spec's cases for clients in a process of their own, each on its own port; see its
 * {@code main.go}.
 */
final class H2SpecServer implements AutoCloseable {
  private static final int START_SECONDS = 60;
  private static final int CASE_SECONDS = 60;

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

  static H2SpecServer start() throws IOException, InterruptedException {
    Toolchain.GO.require();
    Path binary = Toolchain.output("suites").resolve("h2spec");
    Toolchain.build("suites", "go", "build", "-buildvcs=false", "-o", binary.toString(), ".");
    H2SpecServer server = new H2SpecServer(
        new ProcessBuilder(binary.toString()).redirectErrorStream(true).start());
    Thread reader = new Thread(server::readOutput, "output of h2spec");
    reader.setDaemon(true);
    reader.start();
    return server;
  }

  List<Case> cases() {
    return listening.orTimeout(START_SECONDS, TimeUnit.SECONDS).join();
  }

  Outcome await(Case testCase) {
    return outcome(testCase.id()).orTimeout(CASE_SECONDS, TimeUnit.SECONDS).join();
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
    listening.completeExceptionally(new IOException("h2spec ended"));
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
