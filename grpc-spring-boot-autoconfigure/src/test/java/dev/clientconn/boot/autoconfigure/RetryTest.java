// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * Calls a server that fails or does not respond, with policies from properties and from a name
 * resolver.
 */
@Timeout(120)
class RetryTest {

  private static final String TARGET = "grpc.client.targets.greeter.";

  private final HealthServer server = HealthServer.start();

  private final TestResolverProvider resolver =
      new TestResolverProvider(this.server.socketAddress());

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(GrpcClientAutoConfiguration.class))
      .withPropertyValues(
          TARGET + "address=" + this.server.address(),
          "grpc.client.defaults.retry.initial-backoff=1ms",
          "grpc.client.defaults.retry.max-backoff=1ms");

  @AfterEach
  void stop() {
    this.resolver.close();
    this.server.close();
  }

  @Test
  void callsAreRetriedUpToTheNumberOfAttempts() {
    this.runner.withPropertyValues(TARGET + "retry.max-attempts=3").run(context -> {
      this.server.failures.set(2);
      check(context.getBean(Channel.class));
      assertThat(this.server.headers)
          .extracting(headers -> headers.get(key("grpc-previous-rpc-attempts")))
          .containsExactly(null, "1", "2");

      this.server.failures.set(3);
      assertFails(context.getBean(Channel.class));
    });
  }

  @Test
  void callsAreNotRetriedWithoutAPolicy() {
    this.runner.run(context -> {
      this.server.failures.set(1);
      assertFails(context.getBean(Channel.class));
    });
  }

  @Test
  void moreThanFiveAttemptsCount() {
    this.runner.withPropertyValues(TARGET + "retry.max-attempts=8").run(context -> {
      this.server.failures.set(7);
      check(context.getBean(Channel.class));
    });
  }

  @Test
  void retriesCanBeSwitchedOff() {
    this.runner
        .withPropertyValues(TARGET + "retry.max-attempts=3", TARGET + "retry.enabled=false")
        .run(context -> {
          this.server.failures.set(1);
          assertFails(context.getBean(Channel.class));
        });
  }

  @Test
  void oneMethodIsExcludedByItsName() {
    this.runner
        .withPropertyValues(
            TARGET + "retry.max-attempts=3",
            TARGET + "retry.methods[0].names=grpc.health.v1.Health/Check",
            TARGET + "retry.methods[0].max-attempts=1")
        .run(context -> {
          this.server.failures.set(1);
          assertFails(context.getBean(Channel.class));
        });
  }

  @Test
  void throttlingEndsRetries() {
    this.runner
        .withPropertyValues(TARGET + "retry.max-attempts=3", TARGET + "throttling.max-tokens=2")
        .run(context -> {
          this.server.failures.set(2);
          assertFails(context.getBean(Channel.class));
          assertThat(this.server.headers).hasSize(1);
        });
  }

  @Test
  void callThatGetsNoResponseIsSentAgain() {
    this.runner
        .withPropertyValues(
            TARGET + "hedging.methods[0].names=grpc.health.v1.Health",
            TARGET + "hedging.methods[0].max-attempts=2",
            TARGET + "hedging.methods[0].delay=1ms")
        .run(context -> {
          Future<HealthCheckResponse> response = HealthGrpc.newFutureStub(
                  context.getBean(Channel.class))
              .check(HealthCheckRequest.newBuilder().setService("held").build());

          this.server.held.take();
          StreamObserver<HealthCheckResponse> second = this.server.held.take();
          second.onNext(HealthServer.serving());
          second.onCompleted();

          assertThat(response.get()).isEqualTo(HealthServer.serving());
        });
  }

  @Test
  void serviceConfigHasTheTimeoutOfAMethod() {
    this.runner
        .withPropertyValues(
            TARGET + "service-config.methodConfig[0].name[0].service=grpc.health.v1.Health",
            TARGET + "service-config.methodConfig[0].timeout=45s")
        .run(context -> {
          check(context.getBean(Channel.class));
          assertThat(this.server.headers)
              .extracting(headers -> headers.get(key("grpc-timeout")))
              .singleElement()
              .asString()
              .isNotEmpty();
        });
  }

  @Test
  void serviceConfigOfTheResolverReplacesThatOfTheProperties() {
    this.runner
        .withPropertyValues(TARGET + "address=test:///", TARGET + "ssl.enabled=false")
        .withPropertyValues(TARGET + "retry.max-attempts=3")
        .run(context -> {
          this.server.failures.set(1);
          assertFails(context.getBean(Channel.class));
        });
  }

  @Test
  void serviceConfigOfTheResolverIsIgnoredIfItIsNotLookedUp() {
    this.runner
        .withPropertyValues(TARGET + "address=test:///", TARGET + "ssl.enabled=false")
        .withPropertyValues(
            TARGET + "retry.max-attempts=3", "grpc.client.defaults.service-config-lookup=false")
        .run(context -> {
          this.server.failures.set(1);
          check(context.getBean(Channel.class));
        });
  }

  private static void check(Channel channel) {
    HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
  }

  private static void assertFails(Channel channel) {
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> check(channel))
        .satisfies(e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE))
        .withMessageContaining("try again");
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
