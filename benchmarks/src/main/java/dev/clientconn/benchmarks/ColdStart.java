// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares the first calls of fresh JVMs: clients in turn, one process at a time, against one server. Prints medians and
 * their ratio to the baseline's.
 */
final class ColdStart {

  static final String USAGE = """
      java -jar benchmarks.jar cold-start [options]    the first calls of fresh JVMs

        --forks=N        JVMs for each client; default 15
        --tls            TLS by the implementation that each client chooses; default plaintext
        --jvm-args="..." of the clients, default -Xmx256m
        --taskset=C      pins the clients to CPU list C; default not pinned
      """;

  private static final Set<String> OPTIONS = Set.of("forks", "tls", "jvm-args", "taskset");
  private static final List<String> CLIENTS =
      List.of(ClientCatalog.BASELINE, ClientCatalog.SUBJECT);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final List<String> FIGURES = List.of(
      "first call ms",
      "next " + ColdStartClientMain.LATER_CALLS + " calls ms",
      "CPU ms",
      "classes",
      "resident MiB");

  /** What each printed figure is divided by. */
  private static final double[] UNITS = {1_000, 1_000, 1_000, 1, 1_024};

  private final int forks;
  private final boolean tls;
  private final List<String> jvmArguments;
  private final String cpus;

  private ColdStart(int forks, boolean tls, List<String> jvmArguments, String cpus) {
    this.forks = forks;
    this.tls = tls;
    this.jvmArguments = jvmArguments;
    this.cpus = cpus;
  }

  static ColdStart parse(List<String> arguments) {
    CommandLine line = new CommandLine(arguments, OPTIONS);
    return new ColdStart(
        line.number("forks", 15),
        line.has("tls"),
        Arrays.asList(line.text("jvm-args", "-Xmx256m").trim().split("\\s+")),
        line.text("taskset", ""));
  }

  /** Runs all forks and returns the table. The first JVM of each client warms the server and the page cache. */
  String run() throws Exception {
    ServerCertificate certificate = tls ? SelfSignedCertificate.create() : null;
    ServerSetting setting = new ServerSetting(CallKind.UNARY, 100, 100, 1, false, tls, 0);
    Map<String, List<double[]>> results = new LinkedHashMap<>();
    try (CannedServer server = CannedServer.start(List.of(setting), certificate)) {
      List<String> location =
          new ArrayList<>(List.of("127.0.0.1:" + server.ports().get(0)));
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
    try (ChildProcess process =
        ChildProcess.start(ColdStartClientMain.class, jvmArguments, arguments, cpus)) {
      return Arrays.stream(process.firstLine(LIMIT).split(","))
          .mapToDouble(Double::parseDouble)
          .toArray();
    }
  }

  static String render(Map<String, List<double[]>> results) {
    List<String> titles = new ArrayList<>(List.of("client"));
    titles.addAll(FIGURES);
    FIGURES.forEach(figure -> titles.add(figure.replaceAll(" (ms|MiB)$", "") + " ×"));
    MarkdownTable table = new MarkdownTable(1, titles);
    List<double[]> baseline = results.getOrDefault(ClientCatalog.BASELINE, List.of());
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
