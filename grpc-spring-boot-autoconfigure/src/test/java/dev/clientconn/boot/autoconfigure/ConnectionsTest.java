// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Calls a server that allows one call on each connection. */
@Timeout(120)
class ConnectionsTest {

  private static final String TARGET = "grpc.client.targets.greeter.";

  private final HealthServer server = HealthServer.start(1);

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(GrpcClientAutoConfiguration.class))
      .withPropertyValues(
          TARGET + "address=" + this.server.address(), TARGET + "shutdown.grace-period=0");

  @AfterEach
  void stop() {
    this.server.close();
  }

  @Test
  void callsThatFindNoSlotGetAnotherConnection() {
    this.runner.withPropertyValues(TARGET + "connections.max=2").run(context -> {
      Channel channel = context.getBean(Channel.class);
      hold(channel);
      hold(channel);

      assertThat(this.server.connections.availablePermits()).isEqualTo(2);
    });
  }

  @Test
  void callThatWaitsTooLongForASlotFails() {
    this.runner.withPropertyValues(TARGET + "streams.pending-timeout=1ms").run(context -> {
      Channel channel = context.getBean(Channel.class);
      hold(channel);

      assertThatExceptionOfType(StatusRuntimeException.class)
          .isThrownBy(() ->
              HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance()))
          .satisfies(
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
    });
  }

  @Test
  void connectionThatIsOldEnoughIsReplaced() {
    this.runner
        .withPropertyValues(
            TARGET + "connections.max-age=1s", TARGET + "connections.max-age-grace=1ms")
        .run(context -> {
          Future<HealthCheckResponse> held = hold(context.getBean(Channel.class));

          this.server.connections.acquire(2);

          assertThat(held)
              .failsWithin(Duration.ofSeconds(30))
              .withThrowableOfType(ExecutionException.class)
              .withMessageContaining("UNAVAILABLE");
        });
  }

  @Test
  void addressesAreLookedUpAgain() {
    try (TestResolverProvider resolver = new TestResolverProvider(this.server.socketAddress())) {
      this.runner
          .withPropertyValues(
              TARGET + "address=test:///",
              TARGET + "ssl.enabled=false",
              TARGET + "dns.refresh-interval=1ms")
          .run(context -> {
            hold(context.getBean(Channel.class));

            assertThat(resolver.refreshes.tryAcquire(2, 30, TimeUnit.SECONDS)).isTrue();
          });
    }
  }

  /** Makes a call that stays open, and waits until the server has it. */
  private Future<HealthCheckResponse> hold(Channel channel) throws InterruptedException {
    Future<HealthCheckResponse> response = HealthGrpc.newFutureStub(channel)
        .check(HealthCheckRequest.newBuilder().setService("held").build());
    assertThat(this.server.held.poll(60, TimeUnit.SECONDS)).isNotNull();
    return response;
  }
}
