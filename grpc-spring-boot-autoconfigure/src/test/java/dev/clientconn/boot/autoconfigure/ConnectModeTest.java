// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import io.grpc.ConnectivityState;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

@Timeout(120)
class ConnectModeTest {

  @RegisterExtension
  private final HealthServer server = HealthServer.start();

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(GrpcClientAutoConfiguration.class))
      .withPropertyValues("grpc.client.targets.greeter.address=" + this.server.address());

  @Test
  void lazyChannelIsIdleAfterTheStart() {
    this.runner.run(context -> assertThat(context.getBean(ClientConn.class).getState(false))
        .isEqualTo(ConnectivityState.IDLE));
  }

  @Test
  void eagerChannelConnectsAndTheStartDoesNotWaitForIt() {
    this.runner
        .withPropertyValues(
            "grpc.client.defaults.connect.mode=eager",
            "grpc.client.targets.absent.address=localhost:1")
        .run(context -> {
          assertThat(context).hasNotFailed();
          assertThat(this.server.connections.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
        });
  }

  @Test
  void requiredChannelIsReadyAfterTheStart() {
    this.runner
        .withPropertyValues(
            "grpc.client.targets.greeter.connect.mode=required",
            "grpc.client.targets.greeter.connect.required-timeout=60s",
            "spring.main.lazy-initialization=true")
        .run(context -> assertThat(context.getBean(ClientConn.class).getState(false))
            .isEqualTo(ConnectivityState.READY));
  }

  @Test
  void startFailsWithoutARequiredConnectionAndNamesEveryTarget() {
    ApplicationContextRunner absent = this.runner.withPropertyValues(
        "grpc.client.defaults.connect.mode=required",
        "grpc.client.defaults.connect.required-timeout=500ms",
        "grpc.client.targets.greeter.connect.required-timeout=60s",
        "grpc.client.targets.absent.address=localhost:1",
        "grpc.client.targets.missing.address=unix:///nowhere/at/all");

    FailureAnalysis analysis = StartFailure.of(absent);

    assertThat(analysis.getDescription())
        .contains("'absent' has no connection to localhost:1 after 500 ms")
        .contains("'missing' has no connection to unix:///nowhere/at/all")
        .contains("Property: grpc.client.defaults.connect.mode")
        .doesNotContain("'greeter'");
    assertThat(analysis.getAction()).contains("connect.required-timeout");
  }

  @Test
  void failureOfAStartHasTheReasonOfTheLastAttemptToConnect() {
    InheritedSettings settings = new SettingsFixture()
        .properties(
            "grpc.client.targets.absent.address",
            "localhost:1",
            "grpc.client.targets.absent.connect.mode",
            "required",
            "grpc.client.targets.absent.connect.required-timeout",
            "1ms")
        .all();
    ClientConn absent =
        ClientConnBuilder.forTarget("localhost:1").usePlaintext().build();
    absent.getState(true);
    ChannelStates.await(ConnectivityState.TRANSIENT_FAILURE, absent);

    assertThatExceptionOfType(RequiredConnectionException.class)
        .isThrownBy(() -> new ConnectionsAtStart(settings).connect(Map.of("absent", absent)))
        .withMessageContaining("after 1 ms. The last attempt failed: ")
        .withMessageContaining("Connection refused");
    absent.shutdownNow();
  }

  @Test
  void timeoutOfATargetWithoutTheModeHasNoEffect() {
    FailureAnalysis analysis = StartFailure.of(this.runner, """
        grpc.client.targets.greeter.connect.required-timeout: 3s
        """);

    assertThat(analysis.getDescription())
        .contains("grpc.client.targets.greeter.connect.required-timeout")
        .contains("It has no effect without connect.mode: required.");
  }

  @Test
  void timeoutMustBePositive() {
    this.runner
        .withPropertyValues("grpc.client.targets.greeter.connect.required-timeout=0s")
        .run(context -> assertThat(context)
            .getFailure()
            .rootCause()
            .hasMessageContaining("grpc.client.targets.greeter.connect.required-timeout"));
  }
}
