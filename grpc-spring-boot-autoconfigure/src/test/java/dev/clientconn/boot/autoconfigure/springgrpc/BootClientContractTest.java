// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.springgrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.HealthServer;
import dev.clientconn.boot.autoconfigure.UnknownGrpcTargetException;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;
import org.springframework.grpc.client.GrpcChannelFactory;

/**
 * Runs the same application on the channels of Spring Boot's own client and on ours, where they
 * differ. A case that fails for Boot's client shows that Boot has changed.
 */
class BootClientContractTest {

  private static final Metadata.Key<String> USER_AGENT =
      Metadata.Key.of("user-agent", Metadata.ASCII_STRING_MARSHALLER);

  @RegisterExtension
  private final HealthServer server = HealthServer.start();

  private final ApplicationContextRunner ours = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(
          SslAutoConfiguration.class,
          GrpcClientAutoConfiguration.class,
          SpringGrpcAutoConfiguration.class,
          org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration.class,
          CompositeChannelFactoryAutoConfiguration.class))
      .withPropertyValues(
          "spring.grpc.client.channel.orders.target=static://" + this.server.address());

  private final ApplicationContextRunner boots =
      this.ours.withPropertyValues("grpc.client.spring-grpc.enabled=false");

  /** Boot 4.1.0 applies the properties once more after the customizers; newer versions do not. */
  @Test
  void valuesOfACustomizerOverrideProperties() {
    this.ours
        .withPropertyValues("spring.grpc.client.channel.orders.user-agent=property")
        .withUserConfiguration(UserAgent.class)
        .run(context -> {
          check(context.getBean(GrpcChannelFactory.class).createChannel("orders"));
          assertThat(lastUserAgent()).startsWith("customizer");
        });
  }

  @Test
  void namedChannelCanBeInTheProcess() throws IOException {
    String property = "spring.grpc.client.channel.local.target=in-process:contract";
    Server local = InProcessServerBuilder.forName("contract")
        .addService(this.server)
        .build()
        .start();
    this.ours.withPropertyValues(property).run(context -> {
      check(context.getBean(GrpcChannelFactory.class).createChannel("local"));
      check(context.getBean(GrpcChannelFactory.class).createChannel("in-process:contract"));
    });
    this.boots
        .withPropertyValues(property)
        .run(context -> assertThatThrownBy(
                () -> context.getBean(GrpcChannelFactory.class).createChannel("local"))
            .hasMessageContaining("No grpc channel factory found"));
    local.shutdownNow();
  }

  @Test
  void clientsOfATargetShareAConnection() {
    this.ours.run(context -> {
      check(context.getBean(GrpcChannelFactory.class).createChannel("orders"));
      check(context.getBean(GrpcChannelFactory.class).createChannel("orders"));
      assertThat(this.server.connections.drainPermits()).isEqualTo(1);
    });
    this.boots.run(context -> {
      check(context.getBean(GrpcChannelFactory.class).createChannel("orders"));
      check(context.getBean(GrpcChannelFactory.class).createChannel("orders"));
      assertThat(this.server.connections.drainPermits()).isEqualTo(2);
    });
  }

  @Test
  void unknownNameFailsBeforeTheFirstCall() {
    this.ours.run(context -> assertThatThrownBy(
            () -> context.getBean(GrpcChannelFactory.class).createChannel("order"))
        .isInstanceOf(UnknownGrpcTargetException.class));
    this.boots.run(context -> {
      ManagedChannel channel = context.getBean(GrpcChannelFactory.class).createChannel("order");
      assertThatThrownBy(() -> check(channel)).isInstanceOf(StatusRuntimeException.class);
    });
  }

  private String lastUserAgent() {
    Metadata last = this.server.headers.get(this.server.headers.size() - 1);
    return Objects.requireNonNull(last.get(USER_AGENT));
  }

  private static void check(Channel channel) {
    HealthCheckResponse response = HealthGrpc.newBlockingStub(channel)
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .check(HealthCheckRequest.getDefaultInstance());
    assertThat(response).isEqualTo(HealthServer.serving());
  }

  @Configuration(proxyBeanMethods = false)
  static class UserAgent {

    @Bean
    <T extends io.grpc.ManagedChannelBuilder<T>> GrpcChannelBuilderCustomizer<T> userAgent() {
      return (target, builder) -> builder.userAgent("customizer");
    }
  }
}
