// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.sample.v1.GetPortRequest;
import dev.clientconn.sample.v1.Port;
import dev.clientconn.sample.v1.PortCall;
import dev.clientconn.sample.v1.PortsGrpc;
import dev.clientconn.sample.v1.Voyage;
import io.grpc.ConnectivityState;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;

/** Checks calls to a server that never responds: the deadline of the target ends them. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {"spring.grpc.server.enabled=false", "grpc.client.targets.ports.deadline=300ms"})
class SilentServerTest {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final Server SERVER =
      NettyServerBuilder.forPort(0).addService(new SilentPorts()).build();

  private RestTestClient http;

  @DynamicPropertySource
  static void target(DynamicPropertyRegistry properties) throws IOException {
    SERVER.start();
    properties.add("grpc.client.targets.ports.address", () -> "localhost:" + SERVER.getPort());
  }

  @AfterAll
  static void stopServer() throws InterruptedException {
    SERVER.shutdownNow().awaitTermination();
  }

  /** Also the channel, so that no deadline expires before there is a connection. */
  @BeforeEach
  void connect(@LocalServerPort int port, @Autowired ClientConnRegistry clients) {
    ClientConn channel = Objects.requireNonNull(clients.channels().get("ports"));
    await().atMost(PATIENCE).until(() -> channel.getState(true) == ConnectivityState.READY);
    http = RestTestClient.bindToServer().baseUrl("http://localhost:" + port).build();
  }

  @Test
  void deadlineOfABlockingCallIsAGatewayTimeout() {
    expectGatewayTimeout("/ports/NLRTM");
  }

  @Test
  void deadlineOfAnAsynchronousCallIsAGatewayTimeout() {
    expectGatewayTimeout("/voyages?via=NLRTM,SGSIN");
  }

  /** A machine that stands still for long enough ends a call before its request is sent. */
  private void expectGatewayTimeout(String uri) {
    await().atMost(PATIENCE).untilAsserted(() -> assertGatewayTimeout(uri));
  }

  private void assertGatewayTimeout(String uri) {
    http.get()
        .uri(uri)
        .exchange()
        .expectStatus()
        .isEqualTo(504)
        .expectHeader()
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .expectBody()
        .jsonPath("$.grpcStatus")
        .isEqualTo("DEADLINE_EXCEEDED")
        .jsonPath("$.detail")
        .value(String.class, detail -> assertThat(detail).contains("waited for the server's"));
  }

  private static final class SilentPorts extends PortsGrpc.PortsImplBase {

    @Override
    public void getPort(GetPortRequest request, StreamObserver<Port> reply) {}

    @Override
    public StreamObserver<PortCall> measureVoyage(StreamObserver<Voyage> reply) {
      return new StreamObserver<>() {
        @Override
        public void onNext(PortCall call) {}

        @Override
        public void onError(Throwable cancelled) {}

        @Override
        public void onCompleted() {}
      };
    }
  }
}
