// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** What the command line asks for. */
record BenchmarkPlan(
    List<String> clients,
    List<Workload> workloads,
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

        --quick                1 fork, 3 s warm-up, 2 s measured (else 3 forks, 5 s, 5 s)
        --clients=A,B,...      default grpc-netty,clientconn,floor; also grpc-netty-no-retry
        --workloads=M:N,...    stub mode and calls in flight; modes async-direct, async, blocking,
                               future; default async-direct:100,async:100,blocking:1,blocking:100
        --request=BYTES        payload of a request, default 100
        --response=BYTES       payload of a response message, default 100
        --messages=N           messages a response; above 1 it is a server stream; default 1
        --server=KIND          canned (default) or grpc-java
        --forks=N --warmup=SECONDS --measure=SECONDS
        --max-warmup=SECONDS   a warm-up goes on to this while the JIT compiler is busy; default 2 s more
        --jvm-args="..."       for clients and server, default -Xms1g -Xmx1g
        --taskset=C/S          pins clients to CPU list C and the server to S; default not pinned
        --json=FILE            also writes every single measurement, one JSON object a line
      """;

  private static final Set<String> OPTIONS = Set.of(
      "quick",
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
    boolean quick = line.has("quick");
    Duration warmUp = line.seconds("warmup", quick ? 3 : 5);
    WorkloadWord.Defaults defaults = new WorkloadWord.Defaults(
        line.bytes("request", 100), line.bytes("response", 100), line.number("messages", 1));
    List<Workload> workloads =
        line.list("workloads", "async-direct:100,async:100,blocking:1,blocking:100").stream()
            .map(word -> WorkloadWord.parse(word, defaults))
            .toList();
    List<String> clients = line.list("clients", "grpc-netty,clientconn,floor");
    clients.forEach(ClientCatalog::named);
    String[] cpus = (line.text("taskset", "/") + " ").split("/", 2);
    return new BenchmarkPlan(
        clients,
        workloads,
        line.text("server", "canned"),
        line.number("forks", quick ? 1 : 3),
        new Timing(
            warmUp,
            line.seconds("max-warmup", warmUp.toMillis() / 1_000.0 + 2),
            line.seconds("measure", quick ? 2 : 5)),
        Arrays.asList(line.text("jvm-args", "-Xms1g -Xmx1g").trim().split("\\s+")),
        cpus[0].trim(),
        cpus[1].trim(),
        line.text("json", ""));
  }
}
