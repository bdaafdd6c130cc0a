// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;

/** Checks calls to a port that is bound, so that no other process gets it, but does not listen. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {"spring.grpc.server.enabled=false", "grpc.client.targets.ports.deadline=60s"})
class UnreachableServerTest {

  private static final Socket DEAF = new Socket();

  @DynamicPropertySource
  static void target(DynamicPropertyRegistry properties) throws IOException {
    DEAF.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    properties.add("grpc.client.targets.ports.address", () -> "127.0.0.1:" + DEAF.getLocalPort());
  }

  @AfterAll
  static void freePort() throws IOException {
    DEAF.close();
  }

  @Test
  void refusedConnectionIsServiceUnavailable(@LocalServerPort int port) {
    RestTestClient.bindToServer()
        .baseUrl("http://localhost:" + port)
        .build()
        .get()
        .uri("/ports/NLRTM")
        .exchange()
        .expectStatus()
        .isEqualTo(503)
        .expectHeader()
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .expectBody()
        .jsonPath("$.grpcStatus")
        .isEqualTo("UNAVAILABLE");
  }
}
