// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the command line asks for. */
record BenchmarkPlan(
    List<PlannedRun> runs,
    List<String> leftOut,
    String server,
    int forks,
    Timing timing,
    List<String> jvmArguments,
    String clientCpus,
    String serverCpus,
    String json) {

  static final String USAGE = """
      java -jar benchmarks.jar [options]        compares clients
      java -jar benchmarks.jar jmh [options]    runs the JMH micro-benchmarks

        --suite=NAME           default, clients, sizes, stubs, features, streams, connections, tls,
                               latency, setup, memory, scale, or all; 2 forks, 3 to 5 s, 3 s
        --workloads=WORD,...   in place of a suite, see below; default async-direct:100,async:100,
                               blocking:1,blocking:100
        --quick                1 fork, 3 s warm-up, 2 s measured (else 3 forks, 5 s, 5 s)
        --clients=A,B,...      default grpc-netty,clientconn,floor; also okhttp,
                               armeria, vertx, grpc-netty-no-retry
        --request=BYTES        payload of a request, default 100; K and M may follow the number
        --response=BYTES       payload of a response message, default 100
        --messages=N           messages a response; above 1 it is a server stream; default 1
        --server=KIND          canned (default) or grpc-java
        --forks=N --warmup=SECONDS --measure=SECONDS
        --max-warmup=SECONDS   a warm-up goes on to this while the JIT compiler is busy, three times as
                               long with one call in flight; default 2 s more
        --jvm-args="..."       for clients and server, default -Xms1g -Xmx1g
        --taskset=C/S          pins clients to CPU list C and the server to S; default not pinned
        --json=FILE            appends every single result as it comes, one JSON object a line
        --report=FILE          prints the tables of such a file, and measures nothing

      A workload is MODE:N[+word[=value]]..., N calls in flight. Modes: async-direct, async,
      async-virtual, blocking, blocking-virtual, blocking-v2, future, future-virtual. Words:
        kind=KIND              unary (default), server-stream, client-stream, ping-pong, duplex
        request= response=     bytes, as above
        messages=N             of a server or client stream, default 1000
        deadline  gzip         on every call
        metadata=N             entries on every call
        metrics                Micrometer's meters of calls; for clientconn the starter's too
        connections=N          calls are spread over them
        idle=N                 streams open beside the load
        tls=jdk  tls=openssl   the client's; default plaintext
        rtt=MS                 simulated round trip
        run=KIND               load (default), setup, connection-memory, stream-memory
        warmup= max-warmup= measure=   seconds, for this workload alone
        heap=SIZE              of the client's JVM, for this workload alone: 3g
      """;

  private static final Set<String> OPTIONS = Set.of(
      "quick",
      "suite",
      "clients",
      "workloads",
      "request",
      "response",
      "messages",
      "server",
      "forks",
      "warmup",
      "max-warmup",
      "measure",
      "jvm-args",
      "taskset",
      "json");

  static BenchmarkPlan parse(String... args) {
    CommandLine line = new CommandLine(List.of(args), OPTIONS);
    if (line.has("suite") && line.has("workloads")) {
      throw new IllegalArgumentException("either --suite or --workloads, not both");
    }
    boolean quick = line.has("quick");
    boolean suite = line.has("suite");
    Timing timing = usual(quick, suite).overriddenBy(line);
    String[] cpus = (line.text("taskset", "/") + " ").split("/", 2);
    String server = line.text("server", "canned");
    List<PlannedRun> runs = runs(line, timing);
    List<PlannedRun> able =
        runs.stream().filter(run -> obstacle(run, server).isEmpty()).toList();
    List<String> leftOut = runs.stream()
        .filter(run -> !able.contains(run))
        .map(run -> run.workload().label() + ": " + obstacle(run, server))
        .toList();
    if (!suite && !leftOut.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", leftOut));
    }
    return new BenchmarkPlan(
        able,
        leftOut,
        server,
        line.number("forks", quick ? 1 : suite ? 2 : 3),
        timing,
        Arrays.asList(line.text("jvm-args", "-Xms1g -Xmx1g").trim().split("\\s+")),
        cpus[0].trim(),
        cpus[1].trim(),
        line.text("json", ""));
  }

  /** How long all of it will take, give or take what the compiler needs. */
  Duration expected() {
    double seconds =
        forks * runs.stream().mapToDouble(PlannedRun::expectedSeconds).sum();
    return Duration.ofSeconds(Math.round(seconds));
  }

  /** Why a workload cannot run here, or empty when it can. */
  private static String obstacle(PlannedRun run, String server) {
    if (run.workload().mode().virtual() && !VirtualThreads.available()) {
      return "virtual threads need a JDK of 21 or later";
    }
    return run.workload().network().rttMillis() > 0 && !server.equals("canned")
        ? "only the canned server simulates round trips"
        : "";
  }

  private static Timing usual(boolean quick, boolean suite) {
    if (quick) {
      return new Timing(Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ofSeconds(2));
    }
    return suite
        ? new Timing(Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ofSeconds(3))
        : new Timing(Duration.ofSeconds(5), Duration.ofSeconds(7), Duration.ofSeconds(5));
  }

  /** One for each workload, however many suites name it: the first time it is named counts. */
  private static List<PlannedRun> runs(CommandLine line, Timing timing) {
    WorkloadWord.Defaults defaults = new WorkloadWord.Defaults(
        line.bytes("request", 100), line.bytes("response", 100), line.number("messages", 1));
    List<String> asked = line.has("clients") ? line.list("clients", "") : List.of();
    asked.forEach(ClientCatalog::named);
    Map<Workload, PlannedRun> runs = new LinkedHashMap<>();
    if (line.has("workloads")) {
      List<String> clients = clients(asked, Suites.DEFAULT);
      line.list("workloads", "").stream()
          .map(word -> PlannedRun.parse(word, defaults, timing, clients))
          .forEach(run -> runs.putIfAbsent(run.workload(), run));
    } else {
      for (String suite : Suites.named(line.text("suite", Suites.DEFAULT))) {
        List<String> clients = clients(asked, suite);
        Suites.words(suite).stream()
            .map(word -> PlannedRun.parse(word, defaults, timing, clients))
            .forEach(run -> runs.putIfAbsent(run.workload(), run));
      }
    }
    return List.copyOf(runs.values());
  }

  private static List<String> clients(List<String> asked, String suite) {
    if (!asked.isEmpty()) {
      return asked;
    }
    return suite.equals(Suites.CLIENTS) ? ClientCatalog.all() : ClientCatalog.usual();
  }
}
