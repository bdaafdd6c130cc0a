// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;

/** The one command: compares clients, or their first calls, prints an earlier comparison, or runs JMH. */
final class Benchmarks {

  private static final String REPORT = "--report=";

  private Benchmarks() {}

  public static void main(String[] args) throws Exception {
    if (args.length > 0 && args[0].equals("jmh")) {
      org.openjdk.jmh.Main.main(Arrays.copyOfRange(args, 1, args.length));
      return;
    }
    if (Arrays.asList(args).contains("--help")) {
      System.out.print(BenchmarkPlan.USAGE + "\n" + ColdStart.USAGE);
      return;
    }
    if (args.length > 0 && args[0].equals("cold-start")) {
      coldStart(Arrays.asList(args).subList(1, args.length));
      return;
    }
    if (args.length == 1 && args[0].startsWith(REPORT)) {
      print(Path.of(args[0].substring(REPORT.length())));
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
    System.exit(compare(plan, "java -jar benchmarks.jar " + String.join(" ", args)) ? 0 : 1);
  }

  /** True when every run of every client came to a result. */
  private static boolean compare(BenchmarkPlan plan, String command) throws Exception {
    String heading = heading(plan, command);
    Duration expected = plan.expected();
    System.err.printf(
        "%d workloads, about %d min %02d s%n",
        plan.runs().size(), expected.toMinutes(), expected.toSecondsPart());
    plan.leftOut().forEach(workload -> System.err.println("left out: " + workload));
    ResultLog log = new ResultLog(plan.json().isEmpty() ? null : Path.of(plan.json()));
    log.begin(heading);
    List<Result> results = new Comparison(plan, log).run();
    System.out.println(heading);
    System.out.println(
        "Load average at the end, these processes included: " + MachineFacts.loadAverage() + "\n");
    System.out.print(new Report(new Results(results)).render());
    return results.stream().noneMatch(Result::failed);
  }

  private static void coldStart(List<String> args) throws Exception {
    ColdStart plan;
    try {
      plan = ColdStart.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.println(ColdStart.USAGE);
      System.exit(2);
      return;
    }
    System.out.println(MachineFacts.describe() + "\n");
    System.out.print(plan.run());
    System.exit(0);
  }

  private static void print(Path file) throws Exception {
    ResultLog.Contents contents = ResultLog.read(file);
    contents.headings().forEach(heading -> System.out.println(heading + "\n"));
    System.out.print(new Report(new Results(contents.results())).render());
  }

  private static String heading(BenchmarkPlan plan, String command) {
    return String.format(
        "Command: %s%nDate:    %s%n%s%nSetting: %s server, %d forks of %s to %s warm-up and %s measured, JVM %s%s",
        command,
        LocalDate.now(ZoneOffset.UTC),
        MachineFacts.describe(),
        plan.server(),
        plan.forks(),
        plan.timing().warmUp(),
        plan.timing().longestWarmUp(),
        plan.timing().measured(),
        String.join(" ", plan.jvmArguments()),
        plan.clientCpus().isEmpty() ? "" : ", clients on CPU " + plan.clientCpus());
  }
}
