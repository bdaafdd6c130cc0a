// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConnBuilder;
import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.interceptor.Tag;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.health.v1.HealthGrpc.HealthBlockingStub;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.context.bean.override.convention.TestBean;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

@NullUnmarked
@SpringJUnitConfig
@TestPropertySource(
    properties = {
      "grpc.client.targets.greeter.address=localhost:1",
      "grpc.client.targets.prices.address=localhost:2"
    })
class GrpcClientBeanOverrideTest {

  private static final HealthBlockingStub REPLACEMENT = HealthGrpc.newBlockingStub(
      ClientConnBuilder.forTarget("localhost:3").usePlaintext().build());

  @TestBean
  @GrpcClient("greeter")
  private HealthBlockingStub greeter;

  @TestBean(methodName = "greeter")
  @GrpcClient(value = "greeter", interceptors = Nothing.class)
  private HealthBlockingStub intercepted;

  @Autowired
  private Consumer consumer;

  static HealthBlockingStub greeter() {
    return REPLACEMENT;
  }

  @Test
  void testReplacesExactlyOneClient() {
    assertThat(this.consumer.greeter).isSameAs(REPLACEMENT).isSameAs(this.greeter);
    assertThat(this.consumer.prices.getChannel().authority()).isEqualTo("localhost:2");
  }

  @Test
  void testReplacesTheClientWithTheSameInterceptors() {
    assertThat(this.consumer.intercepted).isSameAs(REPLACEMENT).isSameAs(this.intercepted);
    assertThat(this.consumer.twiceIntercepted).isNotSameAs(REPLACEMENT);
  }

  static class Nothing extends Tag {

    Nothing() {
      super("nothing");
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration({
    GrpcClientAutoConfiguration.class,
    GrpcClientInjectionAutoConfiguration.class
  })
  @Import(Consumer.class)
  static class Application {}

  static class Consumer {

    private final HealthBlockingStub greeter;

    private final HealthBlockingStub prices;

    @GrpcClient(value = "greeter", interceptors = Nothing.class)
    private HealthBlockingStub intercepted;

    @GrpcClient(
        value = "greeter",
        interceptors = {Nothing.class, Nothing.class})
    private HealthBlockingStub twiceIntercepted;

    Consumer(
        @GrpcClient("greeter") HealthBlockingStub greeter,
        @GrpcClient("prices") HealthBlockingStub prices) {
      this.greeter = greeter;
      this.prices = prices;
    }
  }
}
