// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.interceptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnFactory;
import dev.clientconn.boot.ClientConnRefresher;
import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.GrpcGlobalClientInterceptor;
import dev.clientconn.boot.GrpcLocalClientInterceptor;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.HealthServer;
import dev.clientconn.boot.autoconfigure.inject.GrpcClientInjectionAutoConfiguration;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.MapPropertySource;

/** Changes which interceptors the channels of a running application have. */
@NullUnmarked
@ExtendWith(OutputCaptureExtension.class)
class InterceptorChangesTest {

  private static final String MODE = "grpc.client.interceptors.global";

  private static final String LIST = "grpc.client.targets.greeter.interceptors";

  @RegisterExtension
  private final HealthServer server = HealthServer.start();

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(
          GrpcClientAutoConfiguration.class, GrpcClientInjectionAutoConfiguration.class))
      .withUserConfiguration(Interceptors.class, Client.class)
      .withPropertyValues("grpc.client.targets.greeter.address=" + this.server.address());

  @Test
  void otherBeansBecomeGlobalForChannelsAndClients() {
    this.runner.run(context -> {
      Channel channel = context.getBean(ClientConn.class);
      Channel client = context.getBean(Client.class).channel;
      assertThat(pathOf(channel)).containsExactly("annotated", "plain");

      assertThat(set(context, Map.of(MODE, "annotated"))).containsExactly("greeter");
      assertThat(pathOf(channel)).containsExactly("annotated");
      assertThat(pathOf(client)).containsExactly("annotated", "own");

      assertThat(set(context, Map.of(MODE, "all"))).containsExactly("greeter");
      assertThat(pathOf(client)).containsExactly("annotated", "plain", "own");
      assertThat(this.server.connections.availablePermits()).isEqualTo(1);
    });
  }

  @Test
  void clientKeepsItsInterceptorsInsideOfThoseThatItsTargetGetsAndLoses() {
    this.runner.withPropertyValues(MODE + "=annotated").run(context -> {
      Channel client = context.getBean(Client.class).channel;
      set(context, Map.of(LIST, "local"));
      assertThat(pathOf(client)).containsExactly("annotated", "local", "own");

      set(context, Map.of(LIST, ""));

      assertThat(pathOf(client)).containsExactly("annotated", "own");
    });
  }

  @Test
  void interceptorThatCannotBeCreatedLeavesThoseBefore(CapturedOutput output) {
    this.runner.withPropertyValues(LIST + "=local").run(context -> {
      assertThat(set(context, Map.of(LIST, "failing"))).isEmpty();

      assertThat(output).containsOnlyOnce("The changed settings of the gRPC target 'greeter'");
      assertThat(pathOf(context.getBean(ClientConn.class)))
          .containsExactly("annotated", "plain", "local");
      assertThat(described(context.getBean(InterceptorBeans.class))).endsWith("local");
    });
  }

  @Test
  void globalInterceptorThatCannotBeCreatedLeavesThoseBefore(CapturedOutput output) {
    this.runner
        .withPropertyValues(
            MODE + "=annotated", "grpc.client.targets.other.address=" + this.server.address())
        .withBean(
            "unlicensed",
            ClientInterceptor.class,
            () -> {
              throw new IllegalStateException("no licence");
            },
            definition -> definition.setLazyInit(true))
        .run(context -> {
          assertThat(set(context, Map.of(MODE, "all"))).isEmpty();
          assertThat(set(context, Map.of(MODE, "all"))).isEmpty();

          assertThat(output)
              .containsOnlyOnce("The changed settings of the gRPC target 'greeter' are not used")
              .containsOnlyOnce("The changed settings of the gRPC target 'other' are not used")
              .contains("no licence");
          assertThat(pathOf(context.getBean("greeterClientConn", ClientConn.class)))
              .containsExactly("annotated");
          assertThat(pathOf(context.getBean(Client.class).channel))
              .containsExactly("annotated", "own");
        });
  }

  @Test
  void channelThatIsBuiltAfterTheStartHasItsInterceptorsAtOnce() {
    this.runner.run(context -> {
      ClientConn later = context.getBean(ClientConnFactory.class).create("greeter");

      assertThat(described(context.getBean(InterceptorBeans.class)))
          .containsExactly("annotated", "plain");
      assertThat(pathOf(later)).containsExactly("annotated", "plain");
      later.shutdownNow();
    });
  }

  @Test
  void channelWhoseInterceptorsCannotBeCreatedIsNotBuiltAfterTheStart() {
    this.runner
        .withPropertyValues(
            "grpc.client.targets.later.address=" + this.server.address(),
            "grpc.client.targets.later.interceptors=failing",
            "spring.main.lazy-initialization=true")
        .withBean("laterClientConn", String.class, () -> "in place of the channel")
        .run(context -> {
          ClientConnFactory factory = context.getBean(ClientConnFactory.class);

          assertThatExceptionOfType(BeanCreationException.class)
              .isThrownBy(() -> factory.create("later"))
              .withMessageContaining("failing");
          assertThat(context.getBean(InterceptorBeans.class).describe("later")).isEmpty();
        });
  }

  private static List<String> described(InterceptorBeans interceptors) {
    return Objects.requireNonNull(interceptors.describe("greeter")).stream()
        .map(InterceptorDescription::name)
        .toList();
  }

  private static List<String> set(
      ConfigurableApplicationContext context, Map<String, Object> changes) {
    context
        .getEnvironment()
        .getPropertySources()
        .addFirst(new MapPropertySource("changes", changes));
    return context.getBean(ClientConnRefresher.class).refresh();
  }

  private List<String> pathOf(Channel channel) {
    HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
    return Tag.path(this.server);
  }

  static class Client {

    @GrpcClient(value = "greeter", interceptors = OwnTag.class)
    private Channel channel;
  }

  static class OwnTag extends Tag {

    OwnTag() {
      super("own");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Interceptors {

    @Bean
    @GrpcGlobalClientInterceptor
    Tag annotated() {
      return new Tag("annotated");
    }

    @Bean
    Tag plain() {
      return new Tag("plain");
    }

    @Bean
    @GrpcLocalClientInterceptor
    Tag local() {
      return new Tag("local");
    }

    @Bean
    @Lazy
    @GrpcLocalClientInterceptor
    Tag failing() {
      throw new IllegalStateException("no key");
    }
  }
}
