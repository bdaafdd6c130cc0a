// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.clientconn.ClientConn;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Checks that a target can remove a limit that the defaults set. */
class RemovedSettingTest {

  @RegisterExtension
  private final HealthServer server = HealthServer.start();

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(GrpcClientAutoConfiguration.class))
      .withPropertyValues("grpc.client.targets.greeter.address=" + this.server.address());

  @Test
  void deadlineOfZeroIsNone() {
    this.runner
        .withPropertyValues(
            "grpc.client.defaults.deadline=9s", "grpc.client.targets.greeter.deadline=0")
        .run(context -> {
          check(context.getBean(Channel.class), "");

          assertThat(this.server.headers)
              .singleElement()
              .satisfies(headers -> assertThat(headers.containsKey(
                      Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER)))
                  .isFalse());
        });
  }

  @Test
  void limitOfSentMessagesFailsCallsBeforeTheyAreSent() {
    this.runner
        .withPropertyValues("grpc.client.defaults.outbound.message.max-size=10B")
        .run(context -> {
          Channel channel = context.getBean(Channel.class);
          check(channel, "short");

          assertThatExceptionOfType(StatusRuntimeException.class)
              .isThrownBy(() -> check(channel, "longer than ten bytes"))
              .havingRootCause()
              .withMessageContaining("RESOURCE_EXHAUSTED")
              .withMessageContaining("the property outbound.message.max-size with Spring");
        });
  }

  @Test
  void limitOfACallPrecedesThatOfTheTarget() {
    this.runner
        .withPropertyValues("grpc.client.defaults.outbound.message.max-size=10B")
        .run(context -> HealthGrpc.newBlockingStub(context.getBean(Channel.class))
            .withMaxOutboundMessageSize(100)
            .check(request("longer than ten bytes")));
  }

  @Test
  void sizeOfMinusOneIsNoLimit() {
    this.runner
        .withPropertyValues(
            "grpc.client.defaults.outbound.message.max-size=10B",
            "grpc.client.defaults.inbound.message.max-size=1B",
            "grpc.client.defaults.inbound.metadata.max-size=1B",
            "grpc.client.targets.greeter.outbound.message.max-size=-1",
            "grpc.client.targets.greeter.inbound.message.max-size=-1",
            "grpc.client.targets.greeter.inbound.metadata.max-size=-1")
        .run(context -> check(context.getBean(Channel.class), "longer than ten bytes"));
  }

  @ParameterizedTest
  @CsvSource({
    "streams.pending-timeout, 1s",
    "connections.max-age, 1m",
    "dns.refresh-interval, 1m",
    "dns.min-refresh-interval, 1m",
    "throttling.max-tokens, 10",
  })
  void zeroRemovesALimitOfTheDefaults(String key, String inherited) {
    this.runner
        .withPropertyValues(
            "grpc.client.defaults." + key + "=" + inherited,
            "grpc.client.targets.greeter." + key + "=0")
        .run(context -> check(context.getBean(ClientConn.class), ""));
  }

  private static void check(Channel channel, String service) {
    assertThat(HealthGrpc.newBlockingStub(channel).check(request(service)))
        .isEqualTo(HealthServer.serving());
  }

  private static HealthCheckRequest request(String service) {
    return HealthCheckRequest.newBuilder().setService(service).build();
  }
}
