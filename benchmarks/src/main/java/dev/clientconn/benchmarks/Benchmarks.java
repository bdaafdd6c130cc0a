// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.gson.Gson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;

/** The one command: compares clients, or runs JMH when the first argument says so. */
final class Benchmarks {

  private static final String COLD = """

      NOT WARM: in some forks the JIT compiler took over 10 % of the interval (JIT %), so slower code
      than the final one was measured. Raise --max-warmup, or wait until the machine is quiet.""";

  private Benchmarks() {}

  public static void main(String[] args) throws Exception {
    if (args.length > 0 && args[0].equals("jmh")) {
      org.openjdk.jmh.Main.main(Arrays.copyOfRange(args, 1, args.length));
      return;
    }
    if (Arrays.asList(args).contains("--help")) {
      System.out.print(BenchmarkPlan.USAGE);
      return;
    }
    BenchmarkPlan plan;
    try {
      plan = BenchmarkPlan.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.println(BenchmarkPlan.USAGE);
      System.exit(2);
      return;
    }
    String facts = MachineFacts.describe();
    List<Result> results = new Comparison(plan).run();
    String loadAfter = MachineFacts.loadAverage();
    writeJson(plan, results);
    System.out.println("Command: java -jar benchmarks.jar " + String.join(" ", args));
    System.out.println("Date:    " + LocalDate.now(ZoneOffset.UTC));
    System.out.println(facts);
    System.out.println("Load average at the end, these processes included: " + loadAfter);
    System.out.printf(
        "Setting: %s server, %d forks of %s to %s warm-up and %s measured, JVM %s%s%n%n",
        plan.server(),
        plan.forks(),
        plan.timing().warmUp(),
        plan.timing().longestWarmUp(),
        plan.timing().measured(),
        String.join(" ", plan.jvmArguments()),
        plan.clientCpus().isEmpty() ? "" : ", clients on CPU " + plan.clientCpus());
    System.out.print(new ReportTable(ClientCatalog.BASELINE, results).render());
    if (results.stream().anyMatch(Benchmarks::cold)) {
      System.out.println(COLD);
    }
  }

  private static boolean cold(Result result) {
    return result.measurement().compilerShare() > 0.1;
  }

  private static void writeJson(BenchmarkPlan plan, List<Result> results) throws Exception {
    if (!plan.json().isEmpty()) {
      Gson gson = new Gson();
      Files.write(Path.of(plan.json()), results.stream().map(gson::toJson).toList());
    }
  }
}
