// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.ClientConnBuilderCustomizer;
import dev.clientconn.boot.ClientConnFactory;
import dev.clientconn.boot.ClientConnRegistry;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.converter.Converter;

class GrpcClientAutoConfigurationTest {

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(GrpcClientAutoConfiguration.class));

  @RegisterExtension
  private final HealthServer server = HealthServer.start();

  /** Spring binds the properties of beans only later. */
  @Test
  void postProcessorsCanUseChannels() {
    this.runner
        .withPropertyValues("grpc.client.targets.greeter.address=" + this.server.address())
        .withUserConfiguration(EarlyConsumers.class)
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void eachTargetHasAChannelNamedAndQualifiedByIt() {
    this.runner
        .withPropertyValues(
            "grpc.client.targets.greeter.address=" + this.server.address(),
            "grpc.client.targets.order-service.address=static://localhost:1,localhost:2")
        .withUserConfiguration(QualifiedConsumer.class)
        .run(context -> {
          assertThat(context).getBeans(ClientConn.class).hasSize(2);
          assertThat(context)
              .hasBean("greeterClientConn")
              .hasBean("order-serviceClientConn")
              .getBean(QualifiedConsumer.class)
              .extracting(consumer -> consumer.channel)
              .isSameAs(context.getBean("order-serviceClientConn"));
          assertThat(context.getBean(ClientConnRegistry.class).channels())
              .containsOnlyKeys("greeter", "order-service");
          check(context.getBean("greeterClientConn", Channel.class));
        });
  }

  @Test
  void nothingIsConfiguredWithoutTargets() {
    this.runner.run(context -> assertThat(context)
        .hasNotFailed()
        .doesNotHaveBean(ClientConn.class)
        .hasSingleBean(ClientConnFactory.class));
  }

  @Test
  void switchTurnsEverythingOff() {
    this.runner
        .withPropertyValues(
            "grpc.client.enabled=false", "grpc.client.targets.greeter.address=localhost:1")
        .run(context -> assertThat(context)
            .doesNotHaveBean(ClientConn.class)
            .doesNotHaveBean(ClientConnFactory.class)
            .doesNotHaveBean(ClientConnRegistry.class));
  }

  @Test
  void startsWithoutMicrometer() {
    this.runner
        .withClassLoader(new FilteredClassLoader("io.micrometer"))
        .withPropertyValues("grpc.client.targets.greeter.address=localhost:1")
        .run(context -> assertThat(context).hasNotFailed().hasSingleBean(ClientConn.class));
  }

  @Test
  void livesNextToBootsOwnClient() {
    this.runner
        .withConfiguration(AutoConfigurations.of(
            SslAutoConfiguration.class,
            org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration.class,
            CompositeChannelFactoryAutoConfiguration.class))
        .withPropertyValues("grpc.client.targets.greeter.address=localhost:1")
        .run(context -> assertThat(context)
            .hasNotFailed()
            .hasSingleBean(ClientConn.class)
            .hasSingleBean(GrpcClientProperties.class));
  }

  @Test
  void factoryOfTheApplicationReplacesOurs() {
    this.runner
        .withUserConfiguration(OwnFactory.class)
        .withPropertyValues("grpc.client.targets.greeter.deadline=1s")
        .run(context -> {
          assertThat(context).hasSingleBean(ClientConnFactory.class);
          assertThat(context.getBean(OwnFactory.class).asked).containsExactly("greeter");
        });
  }

  @Test
  void channelBeanOfTheApplicationReplacesOurs() {
    this.runner
        .withUserConfiguration(OwnChannel.class)
        .withPropertyValues("grpc.client.targets.greeter.address=localhost:1")
        .run(context -> {
          assertThat(context).hasSingleBean(ClientConn.class);
          assertThat(context.getBean(ClientConnRegistry.class).channels())
              .containsExactly(Map.entry("greeter", context.getBean(ClientConn.class)));
        });
  }

  @Test
  void channelBeanOfTheApplicationIsDrainedWithTheGraceOfTheDefaults() {
    this.runner
        .withUserConfiguration(OwnChannel.class)
        .withPropertyValues("grpc.client.defaults.shutdown.grace-period=7s")
        .run(context -> assertThat(context.getBean(InheritedSettings.class).gracePeriod("greeter"))
            .hasSeconds(7));
  }

  @Test
  void definitionsSayWhereTheyComeFrom() {
    this.runner
        .withPropertyValues("grpc.client.targets.greeter.address=localhost:1")
        .run(context -> assertThat(context
                .getBeanFactory()
                .getBeanDefinition("greeterClientConn")
                .getResourceDescription())
            .startsWith(
                "grpc.client.targets.greeter from \"grpc.client.targets.greeter.address\""));
  }

  @Test
  void convertersOfTheApplicationApplyToSettings() {
    this.runner
        .withUserConfiguration(OwnConverter.class)
        .withPropertyValues(
            "grpc.client.targets.greeter.address=localhost:1",
            "grpc.client.targets.greeter.shutdown.grace-period=a while")
        .run(context -> assertThat(context.getBean(InheritedSettings.class).gracePeriod("greeter"))
            .hasSeconds(9));
  }

  @Test
  void handlersOfTheApplicationSeeEachSettingOnce() {
    this.runner
        .withUserConfiguration(OwnBindHandler.class)
        .withPropertyValues(
            "grpc.client.targets.greeter.address=localhost:1",
            "grpc.client.targets.greeter.deadline=4s")
        .run(context -> assertThat(context.getBean(OwnBindHandler.class).bound)
            .containsOnlyOnce("grpc.client.targets.greeter.deadline")
            .containsOnlyOnce("grpc.client"));
  }

  @Test
  void customizersRunOnceInOrderAndTheLastWins() {
    this.runner
        .withUserConfiguration(Customizers.class)
        .withPropertyValues(
            "grpc.client.targets.greeter.address=" + this.server.address(),
            "grpc.client.targets.greeter.user-agent=from-properties")
        .run(context -> {
          assertThat(context.getBean(Customizers.class).calls)
              .containsExactly("first greeter", "second greeter");
          check(context.getBean(Channel.class));
          assertThat(sentHeader("user-agent")).startsWith("second");
        });
  }

  @Test
  void deadlineIsSetWhereTheCallSetsNone() {
    this.runner
        .withPropertyValues(
            "grpc.client.defaults.deadline=50s",
            "grpc.client.targets.greeter.address=" + this.server.address())
        .run(context -> {
          Channel channel = context.getBean(Channel.class);
          check(channel);
          assertThat(timeoutSeconds()).isBetween(40L, 50L);
          HealthGrpc.newBlockingStub(channel)
              .withDeadlineAfter(90, TimeUnit.SECONDS)
              .check(HealthCheckRequest.getDefaultInstance());
          assertThat(timeoutSeconds()).isBetween(80L, 90L);
        });
  }

  @Test
  void authorityReachesTheServer() {
    this.runner
        .withPropertyValues(
            "grpc.client.targets.greeter.address=" + this.server.address(),
            "grpc.client.targets.greeter.authority=greeter.internal")
        .run(context ->
            assertThat(context.getBean(Channel.class).authority()).isEqualTo("greeter.internal"));
  }

  @Test
  void waitForReadySetsTheCallOption() {
    OptionsRecorder next = new OptionsRecorder();

    assertThatExceptionOfType(OptionsRecorder.Seen.class)
        .isThrownBy(() -> new CallDefaults(null, true, null, null, null)
            .interceptCall(HealthGrpc.getCheckMethod(), CallOptions.DEFAULT, next))
        .satisfies(seen -> assertThat(seen.options.isWaitForReady()).isTrue())
        .satisfies(seen -> assertThat(seen.options.getDeadline()).isNull());
  }

  @ParameterizedTest
  @CsvSource({
    "deadline, -1s",
    "connect.timeout, 0s",
    "idle.timeout, 0s",
    "keepalive.time, 0s",
    "inbound.message.max-size, 0B",
    "inbound.message.max-size, 3GB",
    "inbound.metadata.max-size, -2B",
    "outbound.message.max-size, 0B",
    "streams.pending-timeout, -1s",
    "dns.refresh-interval, -1s",
    "connections.max-age, -1s",
    "proxy.address, proxy.example",
    "flow-control.stream-window, 65534B",
    "flow-control.connection-window, 2GB",
    "streams.max-pending, -1",
    "load-balancing-policy, nosuch",
    "ssl.bundle, nosuch",
    "address, in-process:greeter",
  })
  void valueThatCannotWorkFailsTheStartAndNamesItsKey(String leaf, String value) {
    this.runner
        .withPropertyValues(
            "grpc.client.targets.greeter.address=localhost:1",
            "grpc.client.targets.greeter." + leaf + "=" + value)
        .run(context -> assertThat(context)
            .getFailure()
            .rootCause()
            .isInstanceOfSatisfying(
                InvalidConfigurationPropertyValueException.class,
                e -> assertThat(e.getName()).isEqualTo("grpc.client.targets.greeter." + leaf)));
  }

  @ParameterizedTest
  @CsvSource({"ssl.enabled, true", "ssl.enabled, false"})
  void remoteTargetStartsWhenSecurityIsDecided(String leaf, String value) {
    this.runner
        .withPropertyValues(
            "grpc.client.targets.greeter.address=dns:///greeter.example:9090",
            "grpc.client.targets.greeter." + leaf + "=" + value)
        .run(context -> assertThat(context).hasNotFailed().hasSingleBean(ClientConn.class));
  }

  @Test
  void undecidedSecurityFailsTheStartEvenWhenBeansAreLazy() {
    this.runner
        .withInitializer(context -> context.addBeanFactoryPostProcessor(
            new org.springframework.boot.LazyInitializationBeanFactoryPostProcessor()))
        .withPropertyValues("grpc.client.targets.greeter.address=greeter.example:9090")
        .run(context -> assertThat(context)
            .getFailure()
            .rootCause()
            .isInstanceOfSatisfying(
                UndecidedTransportSecurityException.class,
                e -> assertThat(e.getTarget()).isEqualTo("greeter")));
  }

  private static void check(Channel channel) {
    assertThat(HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance()))
        .isEqualTo(HealthServer.serving());
  }

  private @Nullable String sentHeader(String name) {
    Metadata last = this.server.headers.get(this.server.headers.size() - 1);
    return last.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
  }

  /** Reads the header {@code grpc-timeout}, which grpc-java's server leaves in the metadata. */
  private long timeoutSeconds() {
    String header = String.valueOf(sentHeader("grpc-timeout"));
    long value = Long.parseLong(header.substring(0, header.length() - 1));
    return switch (header.charAt(header.length() - 1)) {
      case 'n' -> TimeUnit.NANOSECONDS.toSeconds(value);
      case 'u' -> TimeUnit.MICROSECONDS.toSeconds(value);
      case 'm' -> TimeUnit.MILLISECONDS.toSeconds(value);
      default -> value;
    };
  }

  /** Records the options of a call without sending it. */
  private static final class OptionsRecorder extends Channel {

    @Override
    public <Q, S> ClientCall<Q, S> newCall(MethodDescriptor<Q, S> method, CallOptions options) {
      throw new Seen(options);
    }

    @Override
    public String authority() {
      return "none";
    }

    private static final class Seen extends RuntimeException {

      private final transient CallOptions options;

      private Seen(CallOptions options) {
        this.options = options;
      }
    }
  }

  static class QualifiedConsumer {

    private final ClientConn channel;

    QualifiedConsumer(@Qualifier("order-service") ClientConn channel) {
      this.channel = channel;
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnConverter {

    @Bean
    @ConfigurationPropertiesBinding
    static Converter<String, Duration> inWords() {
      return new InWords();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnBindHandler {

    private final List<String> bound = new ArrayList<>();

    @Bean
    ConfigurationPropertiesBindHandlerAdvisor recorder() {
      return parent -> new AbstractBindHandler(parent) {

        @Override
        public @Nullable Object onSuccess(
            ConfigurationPropertyName name,
            Bindable<?> target,
            BindContext context,
            Object result) {
          OwnBindHandler.this.bound.add(name.toString());
          return super.onSuccess(name, target, context, result);
        }
      };
    }
  }

  static class InWords implements Converter<String, Duration> {

    @Override
    public Duration convert(String words) {
      return words.equals("a while") ? Duration.ofSeconds(9) : Duration.parse("PT" + words);
    }
  }

  static class OwnFactory {

    private final List<String> asked = new ArrayList<>();

    @Bean
    ClientConnFactory ownFactory() {
      return target -> {
        this.asked.add(target);
        return ClientConnBuilder.forTarget(
                "localhost:1", io.grpc.InsecureChannelCredentials.create())
            .build();
      };
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class EarlyConsumers {

    @Bean
    static BeanFactoryPostProcessor processorOfDefinitions() {
      return beans -> check(beans.getBean("greeterClientConn", Channel.class));
    }

    @Bean
    static EarlyProcessor processorOfBeans(@Qualifier("greeter") Channel channel) {
      check(channel);
      return new EarlyProcessor();
    }
  }

  static class EarlyProcessor implements BeanPostProcessor, PriorityOrdered {

    @Override
    public int getOrder() {
      return 0;
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnChannel {

    @Bean
    ClientConn greeterClientConn() {
      return ClientConnBuilder.forTarget("localhost:1", io.grpc.InsecureChannelCredentials.create())
          .build();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Customizers {

    private final List<String> calls = new ArrayList<>();

    @Bean
    @Order(2)
    ClientConnBuilderCustomizer second() {
      return customizer("second");
    }

    @Bean
    @Order(1)
    ClientConnBuilderCustomizer first() {
      return customizer("first");
    }

    private ClientConnBuilderCustomizer customizer(String name) {
      return (target, builder) -> {
        this.calls.add(name + " " + target);
        builder.userAgent(name);
      };
    }
  }
}
