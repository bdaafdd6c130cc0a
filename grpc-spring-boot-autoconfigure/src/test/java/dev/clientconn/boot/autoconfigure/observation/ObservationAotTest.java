// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.HealthServer;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.aot.AotDetector;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.SpringProperties;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.Compiled;
import org.springframework.core.test.tools.TestCompiler;

/** Checks that generated code observes calls with the settings of its environment. */
class ObservationAotTest {

  private final HealthServer server = HealthServer.start();

  private final TestGenerationContext generation = new TestGenerationContext();

  @AfterEach
  void stopServer() {
    this.server.close();
    SpringProperties.setProperty(AotDetector.AOT_ENABLED, null);
  }

  @Test
  @CompileWithForkedClassLoader
  void generatedContextObservesCalls() {
    try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
      TestPropertyValues.of("grpc.client.targets.greeter.address=localhost:1").applyTo(context);
      context.register(
          Meters.class,
          GrpcClientAutoConfiguration.class,
          GrpcClientObservationAutoConfiguration.class);
      new ApplicationContextAotGenerator().processAheadOfTime(context, this.generation);
      this.generation.writeGeneratedContent();
    }

    TestCompiler.forSystem().with(this.generation).compile(this::run);
  }

  @SuppressWarnings("unchecked")
  private void run(Compiled compiled) {
    SpringProperties.setProperty(AotDetector.AOT_ENABLED, "true");
    try (GenericApplicationContext context = new GenericApplicationContext()) {
      TestPropertyValues.of(Map.of(
              "grpc.client.targets.greeter.address",
              this.server.address(),
              "grpc.client.observation.convention",
              "otel"))
          .applyTo(context);
      ApplicationContextInitializer<GenericApplicationContext> initializer =
          compiled.getInstance(ApplicationContextInitializer.class);
      initializer.initialize(context);
      context.refresh();

      HealthGrpc.newBlockingStub(context.getBean(ClientConn.class))
          .check(HealthCheckRequest.getDefaultInstance());

      assertThat(context
              .getBean(MeterRegistry.class)
              .get("rpc.client.call.duration")
              .tag("target", "greeter")
              .timer()
              .count())
          .isEqualTo(1);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Meters {

    @Bean
    MeterRegistry meterRegistry() {
      return new SimpleMeterRegistry();
    }

    @Bean
    ObservationRegistry observationRegistry(MeterRegistry meters) {
      ObservationRegistry registry = ObservationRegistry.create();
      registry.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
      return registry;
    }
  }
}
