// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.cli;

import dev.clientconn.benchmarks.caller.CallerThreads;
import dev.clientconn.benchmarks.client.BenchmarkClient;
import dev.clientconn.benchmarks.server.BenchmarkServer;
import dev.clientconn.benchmarks.workload.Suite;
import dev.clientconn.benchmarks.workload.Timing;
import dev.clientconn.benchmarks.workload.Workload;
import dev.clientconn.benchmarks.workload.WorkloadParser;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of a comparison, and the runs that they ask for. */
final class ComparisonOptions {

  private static final Timing USUAL_TIMING = new Timing(5, 7, 5);
  private static final Timing SUITE_TIMING = new Timing(3, 5, 3);
  private static final Timing QUICK_TIMING = new Timing(3, 5, 2);

  @ArgGroup
  Selection selection = new Selection();

  @Option(names = "--quick", description = "One fork, 3 s warm-up, 2 s measured.")
  boolean quick;

  @Option(
      names = "--clients",
      split = ",",
      paramLabel = "CLIENT",
      description = "Any of ${COMPLETION-CANDIDATES}; default all but grpc-netty-no-retry.")
  List<BenchmarkClient> clients = BenchmarkClient.USUAL;

  @Option(
      names = "--server",
      paramLabel = "KIND",
      description = "${COMPLETION-CANDIDATES}; default canned.")
  BenchmarkServer.Kind server = BenchmarkServer.Kind.CANNED;

  @Option(
      names = "--forks",
      paramLabel = "N",
      description = "JVMs for each client and workload; default 3, in a suite 2.")
  @Nullable
  Integer forks;

  @Mixin
  Timing.Options times = new Timing.Options();

  @Option(
      names = "--jvm-args",
      paramLabel = "ARGS",
      description = "Of clients and server; default \"${DEFAULT-VALUE}\".")
  String jvmArguments = "-Xms1g -Xmx1g";

  @Option(
      names = "--taskset",
      paramLabel = "C/S",
      description = "Pins clients to CPU list C and the server to S; default not pinned.")
  String cpus = "/";

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Appends each result as it comes, one JSON object a line.")
  @Nullable
  Path json;

  /** The workloads of a comparison; one of the two, or neither. */
  static final class Selection {

    @Option(
        names = "--suite",
        paramLabel = "NAME",
        description = "A list of workloads: ${COMPLETION-CANDIDATES}.")
    @Nullable
    Suite suite;

    @Option(
        names = "--workloads",
        split = ",",
        paramLabel = "SPEC",
        converter = WorkloadConverter.class,
        description = "Workloads in place of a suite, see below.")
    List<WorkloadParser.Parsed> workloads = List.of();
  }

  @Nullable
  Path json() {
    return json;
  }

  /** Throws IllegalArgumentException for options that contradict each other. */
  Comparison comparison() {
    boolean inSuite = selection.suite != null;
    Integer given = forks;
    String[] pinned = (cpus + " ").split("/", 2);
    if (pinned.length != 2) {
      throw new IllegalArgumentException("--taskset is two CPU lists, C/S, not '" + cpus + "'");
    }
    List<PlannedRun> runs = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    for (PlannedRun run : runs(timing(inSuite))) {
      String obstacle = obstacle(run.workload());
      if (obstacle.isEmpty()) {
        runs.add(run);
      } else {
        leftOut.add(run.workload().label() + ": " + obstacle);
      }
    }
    if (!inSuite && !leftOut.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", leftOut));
    }
    return new Comparison(
        runs,
        leftOut,
        server,
        given != null ? given : quick ? 1 : inSuite ? 2 : 3,
        timing(inSuite),
        Arrays.asList(jvmArguments.trim().split("\\s+")),
        pinned[0].trim(),
        pinned[1].trim());
  }

  private Timing timing(boolean inSuite) {
    Timing usual = quick ? QUICK_TIMING : inSuite ? SUITE_TIMING : USUAL_TIMING;
    return usual.overriddenBy(times);
  }

  /** One for each workload, however often it is named. */
  private List<PlannedRun> runs(Timing timing) {
    Suite named = selection.suite;
    List<WorkloadParser.Parsed> parsed = selection.workloads;
    if (parsed.isEmpty()) {
      Suite suite = named == null ? Suite.DEFAULT : named;
      parsed = suite.specs().stream().map(WorkloadParser::parse).toList();
    }
    Map<Workload, PlannedRun> runs = new LinkedHashMap<>();
    parsed.forEach(each -> runs.putIfAbsent(each.workload(), PlannedRun.of(each, timing, clients)));
    return List.copyOf(runs.values());
  }

  /** Why a workload cannot run here; empty when it can. */
  private String obstacle(Workload workload) {
    if (workload.mode().virtual() && !CallerThreads.virtualAvailable()) {
      return "virtual threads need a JDK of 21 or later";
    }
    return workload.network().rttMillis() > 0 && server != BenchmarkServer.Kind.CANNED
        ? "only the canned server simulates round trips"
        : "";
  }

  private static final class WorkloadConverter implements ITypeConverter<WorkloadParser.Parsed> {

    @Override
    public WorkloadParser.Parsed convert(String spec) {
      try {
        return WorkloadParser.parse(spec);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
