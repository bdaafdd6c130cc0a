// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.boot.autoconfigure.EffectiveConfiguration;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.GrpcClientTargets;
import dev.clientconn.boot.autoconfigure.interceptor.InterceptorBeans;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

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
