// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.cli;

import dev.clientconn.benchmarks.client.BenchmarkClient;
import dev.clientconn.benchmarks.process.ChildProcess;
import dev.clientconn.benchmarks.process.ColdStartProcess;
import dev.clientconn.benchmarks.report.MarkdownTable;
import dev.clientconn.benchmarks.report.Samples;
import dev.clientconn.benchmarks.server.BenchmarkServer;
import dev.clientconn.benchmarks.server.ServerCertificate;
import dev.clientconn.benchmarks.workload.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Compares the first calls of fresh JVMs: starts clients in turn, one process at a time, against
 * one server, and prints medians and their ratios to the baseline's.
 */
@Command(
    name = "cold-start",
    description = "Compares the first calls of fresh JVMs.",
    sortOptions = false,
    usageHelpWidth = 100)
final class ColdStart implements Callable<Integer> {

  private static final List<String> CLIENTS =
      List.of(BenchmarkClient.BASELINE, BenchmarkClient.SUBJECT);
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final List<String> FIGURES = List.of(
      "first call ms",
      "next " + ColdStartProcess.LATER_CALLS + " calls ms",
      "CPU ms",
      "classes",
      "resident MiB");
  /** What each printed figure is divided by. */
  private static final double[] UNITS = {1_000, 1_000, 1_000, 1, 1_024};

  @Option(
      names = "--forks",
      paramLabel = "N",
      description = "JVMs for each client; default ${DEFAULT-VALUE}.")
  int forks = 15;

  @Option(
      names = "--tls",
      description = "TLS by the implementation that each client chooses; default plaintext.")
  boolean tls;

  @Option(
      names = "--jvm-args",
      paramLabel = "ARGS",
      description = "Of the clients; default \"${DEFAULT-VALUE}\".")
  String jvmArguments = "-Xmx256m";

  @Option(
      names = "--taskset",
      paramLabel = "C",
      description = "Pins the clients to CPU list C; default not pinned.")
  String cpus = "";

  @Option(names = "--help", usageHelp = true, description = "Prints this text.")
  boolean help;

  @Override
  public Integer call() throws Exception {
    System.out.println(MachineFacts.describe() + "\n");
    System.out.print(run());
    return 0;
  }

  /**
   * Runs all forks and returns the table. The first JVM of each client is not counted: it warms the
   * server and the page cache.
   */
  String run() throws Exception {
    ServerCertificate certificate = tls ? ServerCertificate.createSelfSigned() : null;
    Workload workload = Workload.parse("blocking:1" + (tls ? "+tls=openssl" : ""));
    Map<String, List<double[]>> results = new LinkedHashMap<>();
    try (BenchmarkServer server =
        BenchmarkServer.start(BenchmarkServer.Kind.CANNED, List.of(workload), certificate)) {
      List<String> location = new ArrayList<>(List.of("127.0.0.1:" + server.port()));
      if (certificate != null) {
        location.add(certificate.certificate().getPath());
      }
      for (int fork = 0; fork <= forks; fork++) {
        for (String client : CLIENTS) {
          double[] result = measure(client, location);
          if (fork > 0) {
            results.computeIfAbsent(client, name -> new ArrayList<>()).add(result);
          }
        }
      }
    }
    return render(results);
  }

  private double[] measure(String client, List<String> location) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(client));
    arguments.addAll(location);
    List<String> jvm = Arrays.asList(jvmArguments.trim().split("\\s+"));
    try (ChildProcess process = ChildProcess.start(ColdStartProcess.class, jvm, arguments, cpus)) {
      return Arrays.stream(process.firstLine(LIMIT).split(","))
          .mapToDouble(Double::parseDouble)
          .toArray();
    }
  }

  private static String render(Map<String, List<double[]>> results) {
    List<String> titles = new ArrayList<>(List.of("client"));
    titles.addAll(FIGURES);
    FIGURES.forEach(figure -> titles.add(figure.replaceAll(" (ms|MiB)$", "") + " ×"));
    MarkdownTable table = new MarkdownTable(1, titles);
    List<double[]> baseline = results.getOrDefault(BenchmarkClient.BASELINE, List.of());
    results.forEach((client, runs) -> {
      List<String> row = new ArrayList<>(List.of(client));
      for (int i = 0; i < UNITS.length; i++) {
        row.add(samples(runs, i).withSpread("%,.0f"));
      }
      for (int i = 0; i < UNITS.length; i++) {
        row.add(samples(runs, i).ratioTo(samples(baseline, i)));
      }
      table.add(row);
    });
    return table.render();
  }

  private static Samples samples(List<double[]> runs, int figure) {
    return new Samples(
        runs.stream().mapToDouble(run -> run[figure] / UNITS[figure]).toArray());
  }
}
