// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.crosslang;

import dev.clientconn.ClientConnBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.opentest4j.AssertionFailedError;

/**
 * A server of ours in a process of its own. It prints {@code port=N} once it listens, and ends when
 * its standard input does, so that it goes even if this JVM is killed.
 */
final class ServerProcess implements InteropTarget {
  private static final int START_SECONDS = 180;
  private static final String PORT = "port=";

  private final List<String> command;
  private final Wire wire;
  private final Map<Feature, String> missing;
  private final Process process;
  private final Queue<String> output = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Integer> port = new CompletableFuture<>();

  /** Starts it and waits, for {@value #START_SECONDS} s at most, until it listens. */
  ServerProcess(ProcessBuilder builder, Wire wire, Map<Feature, String> missing)
      throws IOException {
    this.command = builder.command();
    this.wire = wire;
    this.missing = missing;
    this.process = builder.redirectErrorStream(true).start();
    Thread reader = new Thread(this::readOutput, "output of " + command.get(0));
    reader.setDaemon(true);
    reader.start();
    try {
      port.orTimeout(START_SECONDS, TimeUnit.SECONDS).join();
    } catch (RuntimeException e) {
      close();
      throw new AssertionFailedError("not listening: " + describe(), e);
    }
  }

  @Override
  public ClientConnBuilder channelBuilder() throws IOException {
    return wire.channelBuilder(port.join());
  }

  @Override
  public Map<Feature, String> missing() {
    return missing;
  }

  @Override
  public String describe() {
    return String.join(" ", command)
        + (process.isAlive() ? ", running" : ", ended with " + process.exitValue())
        + ", which printed:\n"
        + String.join("\n", output);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private void readOutput() {
    try (BufferedReader lines = process.inputReader()) {
      lines.lines().forEach(this::readLine);
    } catch (IOException | UncheckedIOException e) {
      output.add("its output broke off: " + e);
    }
    port.completeExceptionally(new IOException("it ended without telling its port"));
  }

  private void readLine(String line) {
    output.add(line);
    if (line.startsWith(PORT)) {
      port.complete(Integer.valueOf(line.substring(PORT.length())));
    }
  }
}
