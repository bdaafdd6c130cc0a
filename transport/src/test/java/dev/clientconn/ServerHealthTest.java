// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.testing.ChannelStates;
import dev.clientconn.testing.EchoServers;
import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Health checks of {@code round_robin} against servers of grpc-java. */
class ServerHealthTest {
  private static final String SERVICE = "test.Echo";
  private static final byte[] MESSAGE = {1};

  @RegisterExtension
  final EchoServers servers = new EchoServers();

  private final HealthStatusManager health = new HealthStatusManager();

  @Test
  void callsGoToTheServerThatServes() throws Exception {
    health.setStatus(SERVICE, ServingStatus.NOT_SERVING);
    Server sick = serveWithHealth(health);
    HealthStatusManager serving = new HealthStatusManager();
    serving.setStatus(SERVICE, ServingStatus.SERVING);
    Server well = serveWithHealth(serving);
    ClientConn channel = channel("localhost:" + sick.getPort() + ",localhost:" + well.getPort());

    for (int i = 0; i < 4; i++) {
      waitForReadyCall(channel);
    }

    assertThat(servers.served)
        .filteredOn(call -> SERVICE.equals(call.getMethodDescriptor().getServiceName()))
        .hasSize(4)
        .allMatch(call -> String.valueOf(call.getAuthority()).endsWith(":" + well.getPort()));
    channel.shutdownNow();
  }

  @Test
  void serverThatFlapsIsUsedWheneverItServes() throws Exception {
    ClientConn channel = channel("localhost:" + serveWithHealth(health).getPort());
    for (int i = 0; i < 3; i++) {
      health.setStatus(SERVICE, ServingStatus.SERVING);
      waitForReadyCall(channel);

      health.setStatus(SERVICE, ServingStatus.NOT_SERVING);
      ChannelStates.await(ConnectivityState.TRANSIENT_FAILURE, channel);
      assertThatThrownBy(() -> servers.call(channel, MESSAGE))
          .isInstanceOfSatisfying(StatusRuntimeException.class, thrown -> {
            assertThat(thrown.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(thrown).hasMessageContaining("NOT_SERVING");
          });
    }
  }

  @Test
  void serverWithoutTheHealthServiceIsUsed() throws Exception {
    Queue<String> asked = new ConcurrentLinkedQueue<>();
    Server plain = servers.serve(
        NettyServerBuilder.forPort(0).addStreamTracerFactory(new ServerStreamTracer.Factory() {
          @Override
          public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
            asked.add(method);
            return new ServerStreamTracer() {};
          }
        }));

    assertThat(servers.call(channel("localhost:" + plain.getPort()), MESSAGE)).isEqualTo(MESSAGE);

    assertThat(asked)
        .as("the check comes first")
        .containsExactly(
            HealthGrpc.getWatchMethod().getFullMethodName(),
            EchoServers.METHOD.getFullMethodName());
  }

  @Test
  void serverThatNeverRespondsToTheCheckGetsNoCall() throws Exception {
    CountDownLatch watched = new CountDownLatch(1);
    Server silent =
        servers.serve(NettyServerBuilder.forPort(0).addService(new HealthGrpc.HealthImplBase() {
          @Override
          public void watch(
              HealthCheckRequest request, StreamObserver<HealthCheckResponse> responses) {
            watched.countDown();
          }
        }));
    ClientConn channel = channel("localhost:" + silent.getPort());
    channel.getState(true);
    assertThat(watched.await(60, TimeUnit.SECONDS)).isTrue();

    assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
            channel,
            EchoServers.METHOD,
            CallOptions.DEFAULT.withDeadlineAfter(100, TimeUnit.MILLISECONDS),
            MESSAGE))
        .hasMessageContaining("DEADLINE_EXCEEDED");

    assertThat(channel.getState(false)).isEqualTo(ConnectivityState.CONNECTING);
    channel.shutdown();
    assertThat(channel.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    assertThat(servers.served)
        .noneMatch(call -> call.getMethodDescriptor().getFullMethodName().startsWith(SERVICE));
  }

  private Server serveWithHealth(HealthStatusManager manager) throws Exception {
    return servers.serve(NettyServerBuilder.forPort(0).addService(manager.getHealthService()));
  }

  private static ClientConn channel(String hosts) {
    return ClientConnBuilder.forTarget("static://" + hosts)
        .usePlaintext()
        .defaultLoadBalancingPolicy("round_robin")
        .defaultServiceConfig(Map.of("healthCheckConfig", Map.of("serviceName", SERVICE)))
        .build();
  }

  /** Waits while the health is not known, too. */
  private void waitForReadyCall(ClientConn channel) {
    byte[] response = ClientCalls.blockingUnaryCall(
        channel,
        EchoServers.METHOD,
        CallOptions.DEFAULT.withWaitForReady().withDeadlineAfter(30, TimeUnit.SECONDS),
        MESSAGE);
    assertThat(response).isEqualTo(MESSAGE);
  }
}
