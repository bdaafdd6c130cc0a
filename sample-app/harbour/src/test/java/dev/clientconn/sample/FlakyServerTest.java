// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample;

import dev.clientconn.sample.v1.GetPortRequest;
import dev.clientconn.sample.v1.Port;
import dev.clientconn.sample.v1.PortsGrpc;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;

/** Calls a server that fails the first attempts: the target's retries hide it. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {"spring.grpc.server.enabled=false", "grpc.client.targets.ports.deadline=60s"})
class FlakyServerTest {

  private static final AtomicInteger FAILURES = new AtomicInteger(2);

  private static final Server SERVER =
      NettyServerBuilder.forPort(0).addService(new FlakyPorts()).build();

  @DynamicPropertySource
  static void target(DynamicPropertyRegistry properties) throws IOException {
    SERVER.start();
    properties.add("grpc.client.targets.ports.address", () -> "localhost:" + SERVER.getPort());
  }

  @AfterAll
  static void stop() {
    SERVER.shutdownNow();
  }

  @Test
  void failedAttemptsAreRepeated(@LocalServerPort int port) {
    RestTestClient.bindToServer()
        .baseUrl("http://localhost:" + port)
        .build()
        .get()
        .uri("/ports/NLRTM")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.name")
        .isEqualTo("Rotterdam");
  }

  private static final class FlakyPorts extends PortsGrpc.PortsImplBase {

    @Override
    public void getPort(GetPortRequest request, StreamObserver<Port> reply) {
      if (FAILURES.getAndDecrement() > 0) {
        reply.onError(Status.UNAVAILABLE.asRuntimeException());
        return;
      }
      reply.onNext(Port.newBuilder().setLocode("NLRTM").setName("Rotterdam").build());
      reply.onCompleted();
    }
  }
}
