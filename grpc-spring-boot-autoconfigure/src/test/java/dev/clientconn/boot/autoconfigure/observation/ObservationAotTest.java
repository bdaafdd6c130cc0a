// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.autoconfigure.AheadOfTime;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.HealthServer;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;

/** Checks that generated code observes calls with the settings of its environment. */
class ObservationAotTest {

  @RegisterExtension
  private final HealthServer server = HealthServer.start();

  @Test
  @CompileWithForkedClassLoader
  void generatedContextObservesCalls() {
    AheadOfTime application = new AheadOfTime(
        Map.of("grpc.client.targets.greeter.address", "localhost:1"),
        Meters.class,
        GrpcClientAutoConfiguration.class,
        GrpcClientObservationAutoConfiguration.class);
    Map<String, String> properties = Map.of(
        "grpc.client.targets.greeter.address",
        this.server.address(),
        "grpc.client.observation.convention",
        "otel");

    application.run(properties, context -> {
      HealthGrpc.newBlockingStub(context.getBean(ClientConn.class))
          .check(HealthCheckRequest.getDefaultInstance());

      assertThat(context
              .getBean(MeterRegistry.class)
              .get("rpc.client.call.duration")
              .tag("target", "greeter")
              .timer()
              .count())
          .isEqualTo(1);
    });
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
