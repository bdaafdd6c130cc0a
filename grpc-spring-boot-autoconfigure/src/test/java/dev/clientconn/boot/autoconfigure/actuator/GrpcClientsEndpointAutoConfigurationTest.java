// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.boot.GrpcLocalClientInterceptor;
import dev.clientconn.boot.autoconfigure.EffectiveConfiguration;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.GrpcClientTargets;
import dev.clientconn.boot.autoconfigure.interceptor.InterceptorBeans;
import dev.clientconn.boot.autoconfigure.interceptor.InterceptorDescription;
import dev.clientconn.transport.StreamSnapshot;
import dev.clientconn.transport.TransportSnapshot;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

class GrpcClientsEndpointAutoConfigurationTest {

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(
          GrpcClientAutoConfiguration.class, GrpcClientsEndpointAutoConfiguration.class))
      .withPropertyValues("grpc.client.targets.greeter.address=localhost:1");

  private final ApplicationContextRunner exposed =
      this.runner.withPropertyValues("management.endpoints.web.exposure.include=grpcclients");

  @Test
  void endpointThatIsNotExposedIsNotCreated() {
    this.runner.run(context -> assertThat(context).doesNotHaveBean(GrpcClientsEndpoint.class));
  }

  @Test
  void endpointOfTheWebHasNoJmxExtension() {
    this.exposed.run(context -> assertThat(context)
        .hasSingleBean(GrpcClientsEndpoint.class)
        .hasSingleBean(GrpcClientsEndpointWebExtension.class)
        .doesNotHaveBean(GrpcClientsEndpointJmxExtension.class));
  }

  @Test
  void endpointOfJmxHasNoWebExtension() {
    this.runner
        .withPropertyValues(
            "spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=grpcclients")
        .run(context -> assertThat(context)
            .hasSingleBean(GrpcClientsEndpoint.class)
            .hasSingleBean(GrpcClientsEndpointJmxExtension.class)
            .doesNotHaveBean(GrpcClientsEndpointWebExtension.class));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"management.endpoint.grpcclients.access=NONE", "grpc.client.enabled=false"})
  void propertiesSwitchTheEndpointOff(String property) {
    this.exposed
        .withPropertyValues(property)
        .run(context -> assertThat(context)
            .hasNotFailed()
            .doesNotHaveBean(GrpcClientsEndpoint.class)
            .doesNotHaveBean(GrpcClientsEndpointWebExtension.class));
  }

  @Test
  void withoutActuatorNothingIsCreated() {
    this.exposed
        .withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
        .run(context -> assertThat(context)
            .hasNotFailed()
            .doesNotHaveBean(GrpcClientsEndpointAutoConfiguration.class));
  }

  @ParameterizedTest
  @ValueSource(classes = {Endpoint.class, ConditionalOnAvailableEndpoint.class})
  void eachPartOfActuatorIsNeeded(Class<?> absent) {
    this.exposed
        .withClassLoader(new FilteredClassLoader(absent))
        .run(context -> assertThat(context)
            .hasNotFailed()
            .doesNotHaveBean(GrpcClientsEndpointAutoConfiguration.class));
  }

  @Test
  void endpointOfTheApplicationTakesItsPlace() {
    this.exposed
        .withUserConfiguration(OwnEndpoint.class)
        .run(context -> assertThat(context)
            .getBean(GrpcClientsEndpoint.class)
            .isSameAs(context.getBean("own")));
  }

  @Test
  void interceptorsAreInTheOrderInWhichTheySeeACall() {
    this.exposed
        .withUserConfiguration(Interceptors.class)
        .withPropertyValues("grpc.client.targets.greeter.interceptors=audit")
        .run(context -> assertThat(context
                .getBean(GrpcClientsEndpoint.class)
                .client("greeter", null, false)
                .interceptors())
            .extracting(InterceptorDescription::name, InterceptorDescription::reason)
            .containsExactly(
                tuple(
                    "second",
                    "global, order 5 by @Order on the method second of "
                        + Interceptors.class.getName()),
                tuple("first", "global, no order: after those that have one"),
                tuple("audit", "number 1 of the target's list")));
  }

  @Test
  void recordsOfResponsesCanBeReadInNativeImages() {
    RuntimeHints hints = new RuntimeHints();

    new GrpcClientsEndpointRuntimeHints().registerHints(hints, getClass().getClassLoader());

    assertThat(RuntimeHintsPredicates.reflection()
            .onMethodInvocation(TransportSnapshot.Streams.class, "active"))
        .accepts(hints);
    assertThat(RuntimeHintsPredicates.reflection()
            .onMethodInvocation(StreamSnapshot.class, "blockedOn"))
        .accepts(hints);
    assertThat(RuntimeHintsPredicates.reflection()
            .onMethodInvocation(ClientDescription.Setting.class, "origin"))
        .accepts(hints);
  }

  @Configuration(proxyBeanMethods = false)
  static class Interceptors {

    @Bean
    ClientInterceptor first() {
      return new Passing();
    }

    @Bean
    @Order(5)
    ClientInterceptor second() {
      return new Passing();
    }

    @Bean
    @GrpcLocalClientInterceptor
    ClientInterceptor audit() {
      return new Passing();
    }
  }

  private static final class Passing implements ClientInterceptor {

    @Override
    public <Q, S> ClientCall<Q, S> interceptCall(
        MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
      return next.newCall(method, options);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnEndpoint {

    @Bean
    GrpcClientsEndpoint own(
        ClientConnRegistry registry,
        GrpcClientTargets targets,
        EffectiveConfiguration configuration,
        InterceptorBeans interceptors,
        ListableBeanFactory beans) {
      return new GrpcClientsEndpoint(
          new ClientLookup(registry, targets),
          new ClientConfigurations(configuration, new SettingSanitizer(List.of()), beans),
          interceptors);
    }
  }
}
