// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.benchmarks.client.BenchmarkClient;
import dev.clientconn.benchmarks.client.ServerLocation;
import dev.clientconn.benchmarks.report.Result.Outcome;
import dev.clientconn.benchmarks.server.BenchmarkServer;
import dev.clientconn.benchmarks.workload.EchoMessages;
import dev.clientconn.benchmarks.workload.EchoMethods;
import dev.clientconn.benchmarks.workload.Timing;
import dev.clientconn.benchmarks.workload.Workload;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class MemoryRunTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"async-direct:50+run=connection-memory", "async-direct:500+run=stream-memory"})
  void anIdleConnectionOrStreamHasMemory(String spec) throws Exception {
    Workload workload = Workload.parse(spec);
    try (BenchmarkServer server =
        BenchmarkServer.start(BenchmarkServer.Kind.CANNED, List.of(workload), null)) {
      // In a process of its own, because the garbage of other tests would disturb it.
      Outcome outcome = ClientProcess.run(
          BenchmarkClient.GRPC_NETTY,
          ServerLocation.at(server.port(), null),
          workload,
          new Timing(0, 0, 1),
          List.of("-Xmx256m"),
          "");

      assertThat(outcome.memory()).isNotNull();
      assertThat(outcome.memory().heapBytes()).isGreaterThan(100);
    }
  }

  @Test
  void anIdleStreamThatTheServerEndsFailsTheRun() throws Exception {
    Server server = NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .addService(ServerServiceDefinition.builder(EchoMethods.SERVICE)
            .addMethod(EchoMethods.UNARY, ServerCalls.asyncUnaryCall((request, out) -> {
              out.onNext(EchoMessages.payload(100));
              out.onCompleted();
            }))
            .build())
        .build()
        .start();
    try {
      MemoryRun run = new MemoryRun(
          BenchmarkClient.GRPC_NETTY,
          ServerLocation.at(server.getPort(), null),
          Workload.parse("async-direct:1+run=stream-memory"));

      assertThatThrownBy(run::measure)
          .hasRootCauseMessage(
              "UNIMPLEMENTED: Method not found: " + EchoMethods.PING_PONG.getFullMethodName());
    } finally {
      server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
  }
}
