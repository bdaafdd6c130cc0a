// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.test.GrpcTestServer;
import dev.clientconn.smoke.reactor.greeter.GreetRequest;
import dev.clientconn.smoke.reactor.greeter.ReactorGreeterGrpc.ReactorGreeterStub;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;
import reactor.core.publisher.Flux;

@SpringBootTest
@GrpcTestServer(services = FakeGreeter.class)
@DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_EACH_TEST_METHOD)
class ReactorStubTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @Autowired
  private Greetings greetings;

  @Autowired
  private FakeGreeter fake;

  @Test
  void stubIsInjected() {
    assertThat(this.greetings.greet("Ada").block(TIMEOUT)).isEqualTo("Hello, Ada");
  }

  @Test
  void streamOfResponsesIsAFlux() {
    assertThat(this.greetings.greetOften("Ada").take(3).collectList().block(TIMEOUT))
        .containsExactly("Ada 0", "Ada 1", "Ada 2");
  }

  @Test
  void streamOfRequestsIsAFlux() {
    assertThat(this.greetings.greetAll(Flux.just("Ada", "Bob")).block(TIMEOUT))
        .isEqualTo("[Ada, Bob]");
  }

  @Test
  void cancelledFluxCancelsTheCall() throws InterruptedException {
    this.greetings.greetOften("Ada").take(1).blockLast(TIMEOUT);

    assertThat(this.fake.cancelled.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  /** The stream never ends: without back-pressure the server would send without limit. */
  @Test
  void slowSubscriberHoldsTheServer() {
    Flux<String> slow = this.greetings.greetOften("A".repeat(10_000)).limitRate(2);

    assertThat(slow.delayElements(Duration.ofMillis(1)).take(100).count().block(TIMEOUT))
        .isEqualTo(100);
    assertThat(this.fake.sent.get()).isBetween(100, 2_000);
  }

  @Test
  void statusOfTheServerIsAnError() {
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> this.greetings.greet(FakeGreeter.UNKNOWN).block(TIMEOUT))
        .satisfies(
            failure -> assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND))
        .withMessageContaining("nobody");
  }

  @Test
  void deadlineIsAnError(@GrpcClient("greeter") ReactorGreeterStub greeter) {
    GreetRequest request = GreetRequest.newBuilder().setName("Ada").build();

    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> greeter
            .withDeadlineAfter(200, TimeUnit.MILLISECONDS)
            .greetOften(request)
            .blockLast(TIMEOUT))
        .satisfies(failure ->
            assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
  }
}
