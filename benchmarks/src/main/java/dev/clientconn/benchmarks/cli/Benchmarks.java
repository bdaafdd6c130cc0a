// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.cli;

import dev.clientconn.benchmarks.report.Report;
import dev.clientconn.benchmarks.report.Result;
import dev.clientconn.benchmarks.report.ResultFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Runs the command line: compares clients, compares their first calls, prints an earlier
 * comparison, or runs JMH.
 */
@Command(
    name = Benchmarks.NAME,
    description = "Compares gRPC clients against one server, each in a process of its own.",
    sortOptions = false,
    usageHelpWidth = 100,
    subcommands = ColdStart.class,
    footer = {
      "",
      "  jmh [options]              runs the JMH micro-benchmarks",
      "",
      "A workload is MODE:N[+option[=value]]..., N calls in flight. Modes: async-direct, async,",
      "async-virtual, blocking, blocking-virtual, blocking-v2, future, future-virtual. Options:",
      "  kind=KIND                  unary (default), server-stream, client-stream, ping-pong",
      "  request= response=         bytes of a message, default 100; K and M are KiB and MiB",
      "  messages=N                 of a server or client stream, default 1000",
      "  deadline  gzip             on every call",
      "  metadata=N                 entries on every call",
      "  metrics                    Micrometer's meters; for clientconn the starter's too",
      "  retry                      a retry policy and a throttle; no call fails",
      "  report                     a listener for each call's report; ClientConn only",
      "  connections=N              calls are spread over them",
      "  tls=jdk  tls=openssl       the client's TLS implementation; default plaintext",
      "  rtt=MS                     simulated round trip",
      "  run=KIND                   load (default), connection-memory, stream-memory",
      "  warmup= max-warmup= measure=   seconds, for this workload only",
      "  heap=SIZE                  of the client's JVM, for this workload only, such as 3g",
    })
public final class Benchmarks implements Callable<Integer> {

  static final String NAME = "java -jar benchmarks.jar";

  private static final String JMH = "jmh";

  @Spec
  @Nullable
  CommandSpec spec;

  @Mixin
  ComparisonOptions options = new ComparisonOptions();

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Prints the tables of a file written with --json, and measures nothing.")
  @Nullable
  Path report;

  @Option(names = "--help", usageHelp = true, description = "Prints this text.")
  boolean help;

  private List<String> arguments = List.of();

  /** Exits with 0, with 1 if a run failed, or with 2 if the command line is wrong. */
  public static void main(String[] args) throws Exception {
    if (args.length > 0 && args[0].equals(JMH)) {
      org.openjdk.jmh.Main.main(Arrays.copyOfRange(args, 1, args.length));
      return;
    }
    Benchmarks command = new Benchmarks();
    command.arguments = Arrays.asList(args);
    System.exit(new CommandLine(command).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Path file = report;
    if (file != null) {
      print(file);
      return 0;
    }
    return compare(comparison()) ? 0 : 1;
  }

  private Comparison comparison() {
    try {
      return options.comparison();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(new CommandLine(this), String.valueOf(e.getMessage()), e);
    }
  }

  /** Returns whether every run of every client has a result. */
  private boolean compare(Comparison comparison) throws Exception {
    String heading = heading(comparison);
    Duration expected = Duration.ofSeconds(Math.round(comparison.expectedSeconds()));
    System.err.printf(
        "%d workloads, about %d min %02d s%n",
        comparison.runs().size(), expected.toMinutes(), expected.toSecondsPart());
    comparison.leftOut().forEach(workload -> System.err.println("left out: " + workload));
    ResultFile file = new ResultFile(options.json());
    file.begin(heading);
    List<Result> results = comparison.run(file);
    System.out.println(heading);
    System.out.println(
        "Load average at the end, these processes included: " + MachineFacts.loadAverage() + "\n");
    System.out.print(new Report(results).render());
    return results.stream().noneMatch(Result::failed);
  }

  private static void print(Path file) throws IOException {
    ResultFile.Contents contents = ResultFile.read(file);
    contents.headings().forEach(heading -> System.out.println(heading + "\n"));
    System.out.print(new Report(contents.results()).render());
  }

  private String heading(Comparison comparison) {
    return String.format(
        "Command: %s %s%nDate:    %s%n%s%nSetting: %s",
        NAME,
        String.join(" ", arguments),
        LocalDate.now(ZoneOffset.UTC),
        MachineFacts.describe(),
        comparison.describe());
  }
}
