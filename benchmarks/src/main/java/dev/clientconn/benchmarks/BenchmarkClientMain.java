// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.gson.Gson;
import java.io.File;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The process of one client and one workload; prints its {@link Outcome} as a line of JSON. */
final class BenchmarkClientMain {

  private static final Set<String> OPTIONS =
      Set.of("client", "port", "workload", "certificate", "warmup", "max-warmup", "measure");

  private BenchmarkClientMain() {}

  public static void main(String[] args) {
    ParentWatch.exitWithParent();
    try {
      CommandLine line = new CommandLine(List.of(args), OPTIONS);
      ServerLocation server = ServerLocation.at(
          line.number("port", 0),
          line.has("certificate") ? new File(line.text("certificate", "")) : null);
      Workload workload = Workload.parse(line.text("workload", "async-direct:100"));
      Timing timing = new Timing(
          line.seconds("warmup", 5), line.seconds("max-warmup", 7), line.seconds("measure", 5));
      String client = line.text("client", ClientCatalog.BASELINE);
      say(run(ClientCatalog.named(client), server, workload, timing));
      System.exit(0);
    } catch (Throwable failure) {
      failure.printStackTrace();
      say(Outcome.failed(failure));
      System.exit(1);
    }
  }

  private static Outcome run(
      BenchmarkClient client, ServerLocation server, Workload workload, Timing timing)
      throws Exception {
    if (!workload.run().memory()) {
      return Outcome.of(new ClientRun(client, server, workload).measure(timing));
    }
    if (client instanceof ChannelClient channels) {
      return Outcome.of(new MemoryRun(channels.factory(), server, workload).measure());
    }
    throw new IllegalArgumentException(client.name() + " has no channels to weigh");
  }

  private static void say(Outcome outcome) {
    System.out.println(new Gson().toJson(outcome));
  }

  static List<String> arguments(
      String client, ServerLocation server, Workload workload, Timing timing) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--client=" + client);
    arguments.add("--port=" + server.address().getPort());
    if (server.certificate() != null) {
      arguments.add("--certificate=" + server.certificate());
    }
    arguments.add("--workload=" + workload.word());
    arguments.add("--warmup=" + seconds(timing.warmUp()));
    arguments.add("--max-warmup=" + seconds(timing.longestWarmUp()));
    arguments.add("--measure=" + seconds(timing.measured()));
    return arguments;
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1_000.0;
  }
}
