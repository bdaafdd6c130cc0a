// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.sample.v1.GetPortRequest;
import dev.clientconn.sample.v1.Port;
import dev.clientconn.sample.v1.PortCall;
import dev.clientconn.sample.v1.PortsGrpc;
import dev.clientconn.sample.v1.Voyage;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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

  @BeforeEach
  void connect(@LocalServerPort int port) {
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

  private void expectGatewayTimeout(String uri) {
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
