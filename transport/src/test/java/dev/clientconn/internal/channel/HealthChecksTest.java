// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import static io.grpc.ConnectivityState.CONNECTING;
import static io.grpc.ConnectivityState.READY;
import static io.grpc.ConnectivityState.TRANSIENT_FAILURE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.testing.FakeStream;
import dev.clientconn.testing.FakeTransport;
import dev.clientconn.testing.LoggedWarnings;
import io.grpc.Attributes;
import io.grpc.LoadBalancer;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Health checks of {@code round_robin}, with the policy of grpc-services. */
class HealthChecksTest {
  private static final Map<String, ?> CONFIG =
      Map.of("healthCheckConfig", Map.of("serviceName", "pkg.Greeter"));

  @RegisterExtension
  final LoggedWarnings warnings = new LoggedWarnings();

  private final ChannelHarness harness = new ChannelHarness().policy("round_robin");

  @Conforms({"A17", "C030"})
  @Test
  void serverIsUsedWhenItReportsThatItServes() {
    FakeTransport server = connect(1);
    FakePick call = harness.call();
    assertThat(server.open()).hasSize(1);
    assertThat(server.last().headers.method().getFullMethodName())
        .isEqualTo("grpc.health.v1.Health/Watch");
    assertThat(harness.state()).isEqualTo(CONNECTING);
    assertThat(call.isWaiting()).isTrue();

    report(server, ServingStatus.SERVING);

    assertThat(harness.state()).isEqualTo(READY);
    assertThat(call.picked()).isSameAs(server);
    assertThat(warnings.messages()).isEmpty();
  }

  @Test
  void serverThatNeverRespondsGetsNoCalls() {
    FakeTransport silent = connect(1);
    FakePick call = harness.call();

    harness.clock.advance(Duration.ofHours(1));

    assertThat(harness.state()).isEqualTo(CONNECTING);
    assertThat(call.isWaiting()).isTrue();
    assertThat(silent.streams).hasSize(1);
  }

  @Conforms("C131")
  @Test
  void serverThatStopsServingGetsNoCallsUntilItServesAgain() {
    FakeTransport server = connect(1);
    report(server, ServingStatus.SERVING);
    for (int i = 0; i < 50; i++) {
      report(server, ServingStatus.NOT_SERVING);
      assertThat(harness.state()).isEqualTo(TRANSIENT_FAILURE);
      assertThat(harness.call().failed().getDescription()).contains("NOT_SERVING", "pkg.Greeter");

      report(server, ServingStatus.SERVING);
      assertThat(harness.state()).isEqualTo(READY);
      assertThat(harness.call().picked()).isSameAs(server);
    }
    assertThat(server.streams).hasSize(1);
  }

  @Test
  void callsGoToTheServersThatServe() {
    harness.connect();
    harness.resolver.send(CONFIG, 1, 2);
    FakeTransport sick = ready(0);
    FakeTransport well = ready(1);
    report(sick, ServingStatus.NOT_SERVING);
    report(well, ServingStatus.SERVING);

    for (int i = 0; i < 4; i++) {
      assertThat(harness.call().picked()).isSameAs(well);
    }
  }

  @Conforms({"A17", "C131"})
  @Test
  void serverWithoutTheHealthServiceIsUsedWithoutChecks() {
    FakeTransport server = connect(1);
    FakePick call = harness.call();

    server.last().close(Status.UNIMPLEMENTED.withDescription("no such service"));

    assertThat(call.picked()).isSameAs(server);
    harness.clock.advance(Duration.ofHours(1));
    assertThat(server.streams).hasSize(1);
    assertThat(warnings.messages()).singleElement().asString().contains("Health-check disabled");
  }

  @Conforms("C131")
  @Test
  void checkThatFailsWithoutAResponseIsRepeatedAfterABackoff() {
    FakeTransport server = connect(1);
    server.last().close(Status.UNAVAILABLE.withDescription("overloaded"));
    assertThat(harness.state()).isEqualTo(TRANSIENT_FAILURE);
    assertThat(harness.call().failed().getDescription()).contains("overloaded");
    assertThat(server.streams).hasSize(1);

    harness.clock.advance(Duration.ofSeconds(2));

    assertThat(server.streams).hasSize(2);
    report(server, ServingStatus.SERVING);
    assertThat(harness.state()).isEqualTo(READY);
  }

  @Conforms("C132")
  @Test
  void connectionThatIsLostIsCheckedAgainWhenItIsBack() {
    FakeTransport lost = connect(1);
    report(lost, ServingStatus.SERVING);

    lost.fail("reset");
    FakePick next = harness.call();
    assertThat(next.isWaiting()).as("the lost check fails no call").isTrue();
    FakeTransport back = harness.connector.last();
    back.ready();

    assertThat(harness.state()).isEqualTo(CONNECTING);
    report(back, ServingStatus.SERVING);
    assertThat(next.picked()).isSameAs(back);
  }

  @Test
  void replacementOfAConnectionFailsNoCall() {
    FakeTransport old = connect(1);
    report(old, ServingStatus.SERVING);

    harness.control().execute(harness.control()::replaceConnections);
    FakeTransport next = harness.connector.last();
    next.ready();
    FakePick call = harness.call();
    assertThat(call.isWaiting()).isTrue();
    report(next, ServingStatus.SERVING);

    assertThat(call.picked()).isSameAs(next);
    assertThat(old.terminated).as("no health check keeps it open").isTrue();
  }

  @Test
  void healthChecksDoNotKeepTheChannelFromIdlenessOrTermination() {
    ChannelHarness idle =
        new ChannelHarness().policy("round_robin").idleTimeout(Duration.ofMinutes(10));
    idle.connect();
    idle.resolver.send(CONFIG, 1);
    idle.connector.last().ready();
    report(idle.connector.last(), ServingStatus.SERVING);

    idle.clock.advance(Duration.ofMinutes(15));
    assertThat(idle.connector.live()).isZero();

    idle.shutdown();
    assertThat(idle.isTerminated()).isTrue();
  }

  @Test
  void configThatEndsTheChecksUsesTheServerAtOnce() {
    FakeTransport sick = connect(1);
    report(sick, ServingStatus.NOT_SERVING);

    harness.resolver.send(Map.of(), 1);

    assertThat(harness.call().picked()).isSameAs(sick);
    assertThat(sick.open()).isEmpty();
  }

  @Test
  void nameResolverMayAskForChecksByAnAttribute() {
    harness.connect();
    harness.resolver.send(
        Attributes.newBuilder()
            .set(LoadBalancer.ATTR_HEALTH_CHECKING_CONFIG, Map.of("serviceName", ""))
            .build(),
        1);

    assertThat(ready(0).open()).hasSize(1);
  }

  @Conforms("C130")
  @Test
  void policyThatChecksNoHealthIsWarnedOfOnce() {
    ChannelHarness unchecked = new ChannelHarness().policy("pick_first");
    unchecked.connect();
    unchecked.resolver.send(CONFIG, 1);
    unchecked.connector.last().ready();
    unchecked.resolver.send(CONFIG, 1, 2);

    assertThat(unchecked.call().picked()).isSameAs(unchecked.connector.last());
    assertThat(warnings.messages())
        .singleElement()
        .asString()
        .startsWith("[fake:///server:1] The service config's healthCheckConfig has no effect");
  }

  private FakeTransport connect(int port) {
    harness.connect();
    harness.resolver.send(CONFIG, port);
    return ready(0);
  }

  private FakeTransport ready(int dial) {
    FakeTransport connection = harness.connector.dial(dial);
    connection.ready();
    return connection;
  }

  private static void report(FakeTransport server, ServingStatus status) {
    FakeStream watch = server.open().get(0);
    watch.message(HealthCheckResponse.newBuilder().setStatus(status).build().toByteArray(), false);
  }
}
