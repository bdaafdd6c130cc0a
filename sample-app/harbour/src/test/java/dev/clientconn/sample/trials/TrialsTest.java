// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.trials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.GrpcClient;
import dev.clientconn.sample.SampleApplication;
import dev.clientconn.transport.WaitCause;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

/** Starts and stops trials by HTTP, and reads what the live page shows of them. */
@SpringBootTest(
    classes = SampleApplication.class,
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "spring.grpc.server.enabled=false",
      "grpc.client.targets.ports.address=localhost:1",
      "server.servlet.context-path=/harbour",
      "harbour.trial-duration=1h"
    })
class TrialsTest {

  @Autowired
  @SuppressWarnings("NullAway.Init")
  private Trials trials;

  @GrpcClient("trials")
  @SuppressWarnings("NullAway.Init")
  private ClientConn channel;

  @LocalServerPort
  private int port;

  private RestTestClient http;

  @BeforeEach
  void connect() {
    http = RestTestClient.bindToServer()
        .baseUrl("http://localhost:" + port + "/harbour")
        .build();
  }

  @AfterEach
  void stop() {
    trials.stop();
  }

  @ParameterizedTest
  @EnumSource
  void trialRunsUntilItIsStopped(Trial trial) {
    http.put().uri("/trials/running/" + trial).exchange().expectStatus().isAccepted();

    TrialRun run = trials.running();
    assertThat(run).isNotNull();
    assertThat(run.trial()).isEqualTo(trial);
    assertThat(run.server().address()).startsWith("localhost:");
    http.get()
        .uri("/trials")
        .exchange()
        .expectBody()
        .jsonPath("$.running.name")
        .isEqualTo(trial.name())
        .jsonPath("$.trials.length()")
        .isEqualTo(Trial.values().length);

    http.delete().uri("/trials/running").exchange().expectStatus().isNoContent();
    assertThat(trials.running()).isNull();
  }

  /** However the calls share the window: a request that is sent whole waits for the server. */
  @Test
  void nineOfTenRequestsWaitForTheConnectionWindow() {
    trials.start(Trial.CONNECTION_WINDOW);

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(channel.streamSnapshots().join())
            .filteredOn(stream -> stream.blockedOn() == WaitCause.CONNECTION_WINDOW)
            .hasSizeGreaterThanOrEqualTo(9));
  }

  @Test
  void anotherTrialEndsTheFirst() {
    trials.start(Trial.IDLE_CONSUMER);
    TrialRun first = trials.running();
    trials.start(Trial.SLOW_SERVER);

    assertThat(trials.running()).isNotNull().isNotSameAs(first);
  }

  @Test
  void unknownTrialIsABadRequest() {
    http.put().uri("/trials/running/STORM").exchange().expectStatus().isBadRequest();
  }

  @Test
  void startPageHasTheLivePage() {
    http.get()
        .uri("/")
        .exchange()
        .expectStatus()
        .isOk()
        .expectHeader()
        .contentTypeCompatibleWith(MediaType.TEXT_HTML)
        .expectBody(String.class)
        .value(html -> assertThat(html).contains("data-grpc-clients", "grpc-clients/page.js"));
    http.get().uri("/grpc-clients/page.js").exchange().expectStatus().isOk();
    http.get().uri("/grpc-clients/uPlot.esm.js").exchange().expectStatus().isOk();
  }

  @Test
  void streamHasBothTargets() throws Exception {
    trials.start(Trial.STREAM_LIMIT);

    Map<String, Object> snapshot;
    try (LiveEvents events = LiveEvents.open(port, "/harbour")) {
      snapshot = events.snapshots().findFirst().orElseThrow();
    }

    assertThat(snapshot).containsKey("atMillis");
    assertThat(snapshot.get("targets")).asString().contains("name=ports", "name=trials");
  }

  @Test
  void openStreamDoesNotDelayTheEndOfTheApplication() throws Exception {
    ConfigurableApplicationContext other = new SpringApplicationBuilder(SampleApplication.class)
        .run(
            "--server.port=0",
            "--spring.grpc.server.enabled=false",
            "--grpc.client.targets.ports.address=localhost:1",
            "--spring.lifecycle.timeout-per-shutdown-phase=5m");
    int otherPort = other.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    try (LiveEvents events = LiveEvents.open(otherPort, "")) {
      assertThat(events.snapshots().peek(snapshot -> other.close()).toList()).isNotEmpty();
    }
    assertThat(other.isActive()).isFalse();
  }
}
