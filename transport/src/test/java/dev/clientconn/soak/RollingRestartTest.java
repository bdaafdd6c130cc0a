// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConnBuilder;
import dev.clientconn.testing.EchoServers;
import dev.clientconn.testing.SteadyCalls;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Restarts three servers one after the other, and connections by their age, while calls are made at
 * a steady rate. With a retry policy no call may be lost. Profile {@code soak} runs it for a minute
 * for each line, with grpc-netty beside, and prints a table.
 */
@Timeout(900)
class RollingRestartTest {
  private static final boolean COMPARES = Integer.getInteger("steady.seconds") != null;
  private static final long DOWN_MILLIS = 100;

  private static final Map<String, Object> POLICY = Map.of(
      "maxAttempts",
      4.0,
      "initialBackoff",
      "0.05s",
      "maxBackoff",
      "1s",
      "backoffMultiplier",
      2.0,
      "retryableStatusCodes",
      List.of("UNAVAILABLE"));

  private static final Map<String, Object> RETRIES =
      Map.of("methodConfig", List.of(Map.of("name", List.of(Map.of()), "retryPolicy", POLICY)));

  private enum End {
    GOAWAY,
    KILL
  }

  private final List<String> table = new ArrayList<>();

  @Test
  void noCallIsLostThatMayBeRetried() throws Exception {
    for (End end : End.values()) {
      assertThat(run("ClientConn", end, true)).isEmpty();
      if (COMPARES) {
        run("grpc-netty", end, true);
        run("ClientConn", end, false);
        run("grpc-netty", end, false);
      }
    }

    Logger.getLogger(RollingRestartTest.class.getName())
        .log(
            Level.INFO,
            "\n| client | restart | retry policy | restarts | calls | lost | how |"
                + "\n|---|---|---|---|---|---|---|\n{0}",
            String.join("\n", table));
  }

  @Test
  void noCallIsLostByConnectionsThatReachTheirMaximumAge() throws Exception {
    RestartableServer server = new RestartableServer();
    ManagedChannel channel = ClientConnBuilder.forTarget("127.0.0.1:" + server.port())
        .usePlaintext()
        .maxConnectionAge(Duration.ofSeconds(1))
        .build();
    try {
      SteadyCalls.Result result = new SteadyCalls(channel, EchoServers.METHOD).during(() -> {
        Thread.sleep(SteadyCalls.TIME.toMillis());
        // On a busy machine the first connection may still be young.
        while (server.connections() <= 1) {
          Thread.sleep(1);
        }
      });

      assertThat(result.failures()).isEmpty();
      assertThat(server.connections()).isGreaterThan(1);
    } finally {
      channel.shutdownNow();
      assertThat(channel.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
      server.stop();
    }
  }

  private List<Status> run(String client, End end, boolean retries) throws Exception {
    List<RestartableServer> servers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      servers.add(new RestartableServer());
    }
    ManagedChannel channel = channel(client, servers, retries);
    try {
      int[] restarts = {0};
      SteadyCalls.Result result = new SteadyCalls(channel, EchoServers.METHOD)
          .during(() -> restarts[0] = restartInTurn(servers, end));
      table.add("| " + client + " | " + end + " | " + (retries ? "yes" : "no") + " | " + restarts[0]
          + " | " + result.calls() + " | " + result.failures().size() + " | "
          + summary(result.failures()) + " |");
      return result.failures();
    } finally {
      channel.shutdownNow();
      assertThat(channel.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
      for (RestartableServer server : servers) {
        server.stop();
      }
    }
  }

  /** Each once, and then on until the time is over. */
  private static int restartInTurn(List<RestartableServer> servers, End end) throws Exception {
    long start = System.nanoTime();
    int restarts = 0;
    while (restarts < servers.size() || System.nanoTime() - start < SteadyCalls.TIME.toNanos()) {
      RestartableServer server = servers.get(restarts % servers.size());
      server.awaitCalls();
      if (end == End.GOAWAY) {
        server.restart(DOWN_MILLIS);
      } else {
        server.kill(DOWN_MILLIS);
      }
      server.awaitCalls();
      restarts++;
    }
    return restarts;
  }

  private static ManagedChannel channel(
      String client, List<RestartableServer> servers, boolean retries) {
    String target = servers.stream()
        .map(server -> "127.0.0.1:" + server.port())
        .collect(Collectors.joining(",", "static://", ""));
    ManagedChannelBuilder<?> builder = client.equals("ClientConn")
        ? ClientConnBuilder.forTarget(target)
        : NettyChannelBuilder.forTarget(target);
    builder.usePlaintext().defaultLoadBalancingPolicy("round_robin");
    if (retries) {
      builder.defaultServiceConfig(RETRIES);
    }
    return builder.build();
  }

  private static String summary(List<Status> failures) {
    Map<String, Integer> counts = new TreeMap<>();
    for (Status failure : failures) {
      String text = String.valueOf(failure.getDescription()).replaceAll("[0-9]+", "N");
      counts.merge(
          failure.getCode() + " " + text.substring(0, Math.min(90, text.length())),
          1,
          Integer::sum);
    }
    return counts.entrySet().stream()
        .map(entry -> entry.getValue() + " " + entry.getKey())
        .collect(Collectors.joining("; "));
  }
}
