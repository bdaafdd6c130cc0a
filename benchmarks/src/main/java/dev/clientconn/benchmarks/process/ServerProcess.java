// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.process;

import com.google.gson.Gson;
import dev.clientconn.benchmarks.client.ServerLocation;
import dev.clientconn.benchmarks.server.BenchmarkServer;
import dev.clientconn.benchmarks.server.ServerCertificate;
import dev.clientconn.benchmarks.workload.Workload;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The one server process of a comparison, with a port for each workload; {@link #main} runs in that
 * process. It is restarted if it ends. Used by one thread.
 */
public final class ServerProcess implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private final BenchmarkServer.Kind kind;
  private final List<Workload> workloads;
  private final List<String> jvmArguments;
  private final String cpus;
  private final @Nullable ServerCertificate certificate;
  private @Nullable ChildProcess process;
  private List<Integer> ports = List.of();

  /**
   * Starts nothing yet.
   *
   * @param cpus CPU list to pin the process to, in taskset's format; empty to not pin it
   */
  public ServerProcess(
      BenchmarkServer.Kind kind, List<Workload> workloads, List<String> jvmArguments, String cpus)
      throws Exception {
    this.kind = kind;
    this.workloads = workloads;
    this.jvmArguments = jvmArguments;
    this.cpus = cpus;
    this.certificate =
        workloads.stream().anyMatch(workload -> workload.network().encrypted())
            ? ServerCertificate.createSelfSigned()
            : null;
  }

  /** What the parent passes to {@link #main}, as JSON. */
  private record Setup(
      BenchmarkServer.Kind kind,
      List<String> workloads,
      @Nullable String certificate,
      @Nullable String key) {}

  /** Prints the ports in the order of the workloads, then serves until standard input ends. */
  public static void main(String[] args) {
    try {
      Setup setup = new Gson().fromJson(args[0], Setup.class);
      try (BenchmarkServer server = BenchmarkServer.start(
          setup.kind(),
          setup.workloads().stream().map(Workload::parse).toList(),
          certificate(setup))) {
        System.out.println(
            server.ports().stream().map(String::valueOf).collect(Collectors.joining(",")));
        ChildProcess.awaitParentEnd();
      }
      System.exit(0);
    } catch (Throwable failure) {
      failure.printStackTrace();
      System.exit(1);
    }
  }

  /** Where the workload's port is; starts the process if it is not running. */
  public ServerLocation location(Workload workload) throws IOException, InterruptedException {
    if (process == null || !process.running() || ports.isEmpty()) {
      start();
    }
    File pem =
        certificate == null || !workload.network().encrypted() ? null : certificate.certificate();
    return ServerLocation.at(ports.get(workloads.indexOf(workload)), pem);
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
  }

  private void start() throws IOException, InterruptedException {
    close();
    Setup setup = new Setup(
        kind,
        workloads.stream().map(Workload::spec).toList(),
        certificate == null ? null : certificate.certificate().getPath(),
        certificate == null ? null : certificate.key().getPath());
    ChildProcess started = ChildProcess.start(
        ServerProcess.class, jvmArguments, List.of(new Gson().toJson(setup)), cpus);
    process = started;
    ports = Stream.of(started.firstLine(START_LIMIT).split(","))
        .map(Integer::valueOf)
        .toList();
    if (ports.size() != workloads.size()) {
      throw new IllegalStateException(
          "the server has " + ports.size() + " ports for " + workloads.size() + " workloads");
    }
  }

  private static @Nullable ServerCertificate certificate(Setup setup) {
    return setup.certificate() == null || setup.key() == null
        ? null
        : new ServerCertificate(new File(setup.certificate()), new File(setup.key()));
  }
}
