// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.process;

import com.google.gson.Gson;
import dev.clientconn.benchmarks.client.BenchmarkClient;
import dev.clientconn.benchmarks.client.ServerLocation;
import dev.clientconn.benchmarks.report.Result.Outcome;
import dev.clientconn.benchmarks.workload.Timing;
import dev.clientconn.benchmarks.workload.Workload;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Measures one client on one workload in a JVM of its own; {@link #main} runs in that process. */
public final class ClientProcess {

  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private ClientProcess() {}

  /** What the parent passes to {@link #main}, as JSON. */
  private record Task(
      BenchmarkClient client,
      int port,
      @Nullable String certificate,
      String workload,
      Timing timing) {

    ServerLocation server() {
      return ServerLocation.at(port, certificate == null ? null : new File(certificate));
    }
  }

  /**
   * Starts a process and returns its outcome; a failure of the process is an outcome too.
   *
   * @param cpus CPU list to pin the process to, in taskset's format; empty to not pin it
   */
  public static Outcome run(
      BenchmarkClient client,
      ServerLocation server,
      Workload workload,
      Timing timing,
      List<String> jvmArguments,
      String cpus)
      throws InterruptedException {
    File certificate = server.certificate();
    Task task = new Task(
        client,
        server.address().getPort(),
        certificate == null ? null : certificate.getPath(),
        workload.spec(),
        timing);
    Gson gson = new Gson();
    try (ChildProcess process =
        ChildProcess.start(ClientProcess.class, jvmArguments, List.of(gson.toJson(task)), cpus)) {
      Duration limit = START_LIMIT.plus(Duration.ofMillis(Math.round(1_000 * timing.longest())));
      return gson.fromJson(process.firstLine(limit), Outcome.class);
    } catch (IOException | RuntimeException e) {
      return Outcome.failed(e);
    }
  }

  /** Measures, and prints the outcome as a line of JSON. */
  public static void main(String[] args) {
    ChildProcess.exitWithParent();
    Gson gson = new Gson();
    try {
      System.out.println(gson.toJson(measure(gson.fromJson(args[0], Task.class))));
      System.exit(0);
    } catch (Throwable failure) {
      failure.printStackTrace();
      System.out.println(gson.toJson(Outcome.failed(failure)));
      System.exit(1);
    }
  }

  private static Outcome measure(Task task) throws Exception {
    Workload workload = Workload.parse(task.workload());
    return workload.run() == Workload.Run.LOAD
        ? Outcome.of(new LoadRun(task.client(), task.server(), workload).measure(task.timing()))
        : Outcome.of(new MemoryRun(task.client(), task.server(), workload).measure());
  }
}
