// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.GrpcClientProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

class LibraryBeansTest {

  @ParameterizedTest
  @ValueSource(strings = {"jacksonJsonMapper", "clientConnLifecycle"})
  void beansOfMethodsOfSpringAndOfThisStarterAreNotSearched(String name) {
    assertThat(isOfLibrary(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"orders", "ordersOfAnotherStarter", "imported"})
  void beansOfApplicationsAndOfOtherStartersAreSearched(String name) {
    assertThat(isOfLibrary(name)).isFalse();
  }

  @Test
  void classesOfTheStarterAreNotSearched() {
    assertThat(LibraryBeans.isOfLibrary(ClientConn.class)).isTrue();
    assertThat(LibraryBeans.isOfLibrary(GrpcClientProperties.class)).isTrue();
    assertThat(LibraryBeans.isOfLibrary(GrpcClientAutoConfiguration.class)).isTrue();
    assertThat(LibraryBeans.isOfLibrary(String.class)).isTrue();
    assertThat(LibraryBeans.isOfLibrary(Orders.class)).isFalse();
  }

  private static boolean isOfLibrary(String name) {
    boolean[] result = new boolean[1];
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(
            JacksonAutoConfiguration.class,
            GrpcClientAutoConfiguration.class,
            OrdersAutoConfiguration.class))
        .withUserConfiguration(Application.class)
        .run(context -> {
          assertThat(context).hasNotFailed();
          BeanDefinition definition = context
              .getBeanFactory()
              .getBeanDefinition(name.equals("imported") ? Orders.class.getName() : name);
          result[0] = LibraryBeans.isOfLibrary(definition);
        });
    return result[0];
  }

  static class Orders {}

  @Configuration(proxyBeanMethods = false)
  @Import(Orders.class)
  static class Application {

    @Bean
    Orders orders() {
      return new Orders();
    }
  }

  @AutoConfiguration
  static class OrdersAutoConfiguration {

    @Bean
    Orders ordersOfAnotherStarter() {
      return new Orders();
    }
  }
}
