// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.clientconn.sample.v1.GetPortRequest;
import dev.clientconn.sample.v1.PortsGrpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
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

/** Calls every endpoint by HTTP, with the gRPC service over TCP. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {"spring.grpc.server.enabled=false", "grpc.client.targets.ports.deadline=60s"})
class PortsApiTest {

  private static final PortsServer SERVER = PortsServer.start();

  private RestTestClient http;

  @DynamicPropertySource
  static void target(DynamicPropertyRegistry properties) {
    properties.add("grpc.client.targets.ports.address", () -> "localhost:" + SERVER.port());
  }

  @AfterAll
  static void stopServer() {
    SERVER.close();
  }

  @BeforeEach
  void connect(@LocalServerPort int port) {
    http = RestTestClient.bindToServer().baseUrl("http://localhost:" + port).build();
  }

  @Test
  void portIsFoundByItsCode() {
    http.get()
        .uri("/ports/NLRTM")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .json("{locode: 'NLRTM', name: 'Rotterdam', country: 'NL', sea: 'North Sea',"
            + " latitude: 51.95, longitude: 4.14}");
  }

  @Test
  void portsOfACountryAreListedInTheOrderOfTheirCodes() {
    http.get()
        .uri("/ports?country=NL")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$[*].name")
        .isEqualTo(List.of("Amsterdam", "Rotterdam"));
  }

  @Test
  void countryWithoutPortsIsAnEmptyList() {
    http.get()
        .uri("/ports?country=CH")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .json("[]");
  }

  @Test
  void portsOfAnAreaArriveAsEvents() {
    String events = http.get()
        .uri("/areas?south=50&west=0&north=52&east=5")
        .accept(MediaType.TEXT_EVENT_STREAM)
        .exchange()
        .expectStatus()
        .isOk()
        .returnResult(String.class)
        .getResponseBody();

    assertThat(events).isNotNull();
    assertThat(events.split("\n\n"))
        .extracting(event -> event.replaceFirst(".*\"locode\":\"(.{5})\".*", "$1"))
        .containsExactly("BEANR", "BEZEE", "GBFXT", "NLRTM");
  }

  @Test
  void voyageIsMeasuredOverItsPorts() {
    http.get()
        .uri("/voyages?via=NLRTM,EGPSD,SGSIN")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .json("{ports: 3, longestLeg: {from: 'Port Said', to: 'Singapore'}}");
  }

  @Test
  void everyPositionOfATrackGetsItsNearestPort() {
    http.post()
        .uri("/sightings")
        .contentType(MediaType.APPLICATION_JSON)
        .body("""
            [{"latitude": 52.0, "longitude": 3.9}, {"latitude": 1.2, "longitude": 103.9}]""")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$[*].nearest")
        .isEqualTo(List.of("Rotterdam", "Singapore"));
  }

  @Test
  void emptyTrackHasNoSightings() {
    http.post()
        .uri("/sightings")
        .contentType(MediaType.APPLICATION_JSON)
        .body("[]")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .json("[]");
  }

  @Test
  void unknownCodeIsNotFound() {
    expectProblem("/ports/NLXXX", 404, "NOT_FOUND", "No port NLXXX in the catalogue");
  }

  @Test
  void malformedCodeIsABadRequest() {
    expectProblem(
        "/ports/rotterdam",
        400,
        "INVALID_ARGUMENT",
        "'rotterdam' is no UN/LOCODE: five capitals such as NLRTM");
  }

  @Test
  void unknownPortInTheMiddleOfAVoyageEndsIt() {
    expectProblem(
        "/voyages?via=NLRTM,NLXXX,SGSIN", 404, "NOT_FOUND", "No port NLXXX in the catalogue");
  }

  @Test
  void voyageOfOnePortIsABadRequest() {
    expectProblem(
        "/voyages?via=NLRTM",
        400,
        "INVALID_ARGUMENT",
        "A voyage calls at two ports or more, not 1");
  }

  @Test
  void areaOffTheEarthIsABadRequest() {
    http.get()
        .uri("/areas?south=-91&west=0&north=52&east=5")
        .exchange()
        .expectStatus()
        .isEqualTo(400);
  }

  @Test
  void positionOffTheEarthIsABadRequest() {
    http.post()
        .uri("/sightings")
        .contentType(MediaType.APPLICATION_JSON)
        .body("""
            [{"latitude": 52.0, "longitude": 3.9}, {"latitude": 91, "longitude": 0}]""")
        .exchange()
        .expectStatus()
        .isEqualTo(400)
        .expectBody()
        .jsonPath("$.grpcStatus")
        .isEqualTo("INVALID_ARGUMENT");
  }

  @Test
  void transportOfTheTargetIsAmongTheMeters() {
    http.get().uri("/ports/NLRTM").exchange().expectStatus().isOk();

    // The event loop publishes the number after it has delivered the response.
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> http.get()
            .uri("/actuator/metrics/grpc.transport.streams.active?tag=target:ports")
            .exchange()
            .expectStatus()
            .isOk()
            .expectBody()
            .jsonPath("$.measurements[0].value")
            .isEqualTo(0.0));
  }

  @Test
  void prometheusScrapesTheTransport() {
    http.get().uri("/ports/NLRTM").exchange().expectStatus().isOk();

    String page = http.get()
        .uri("/actuator/prometheus")
        .exchange()
        .expectStatus()
        .isOk()
        .returnResult(String.class)
        .getResponseBody();
    assertThat(page).isNotNull();
    assertThat(page.lines().filter(line -> line.startsWith("grpc_transport_")))
        .anyMatch(line -> line.matches("grpc_transport_streams_active\\{.*target=\"ports\".*} .*"))
        .contains("grpc_transport_streams_max{target=\"ports\"} 100.0")
        .contains("grpc_transport_connections{state=\"ready\",target=\"ports\"} 1.0");
  }

  private void expectProblem(String uri, int status, String grpcStatus, String detail) {
    http.get()
        .uri(uri)
        .exchange()
        .expectStatus()
        .isEqualTo(status)
        .expectHeader()
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .expectBody()
        .jsonPath("$.status")
        .isEqualTo(status)
        .jsonPath("$.grpcStatus")
        .isEqualTo(grpcStatus)
        .jsonPath("$.detail")
        .isEqualTo(detail);
  }

  @Test
  void callWithoutTheTokenIsRefused() {
    ManagedChannel bare = ManagedChannelBuilder.forAddress("localhost", SERVER.port())
        .usePlaintext()
        .build();
    try {
      assertThatExceptionOfType(StatusRuntimeException.class)
          .isThrownBy(
              () -> PortsGrpc.newBlockingStub(bare).getPort(GetPortRequest.getDefaultInstance()))
          .withMessageStartingWith("UNAUTHENTICATED");
    } finally {
      bare.shutdownNow();
    }
  }
}
