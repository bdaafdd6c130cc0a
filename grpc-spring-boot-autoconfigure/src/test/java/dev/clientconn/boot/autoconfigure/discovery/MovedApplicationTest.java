// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.HealthServer;
import dev.clientconn.boot.autoconfigure.inject.GrpcClientInjectionAutoConfiguration;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc.HealthBlockingStub;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClientAutoConfiguration;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;

/**
 * Runs an application that was written for net.devh's starter and finds its servers by Spring
 * Cloud: with its old keys, and with those that the start prints.
 */
@NullUnmarked
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class MovedApplicationTest {

  private static final String INSTANCE =
      "spring.cloud.discovery.client.simple.instances.buoy-server[0].";

  private final HealthServer first = HealthServer.start();

  private final HealthServer second = HealthServer.start();

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(
          UtilAutoConfiguration.class,
          SimpleDiscoveryClientAutoConfiguration.class,
          GrpcClientDiscoveryAutoConfiguration.class,
          GrpcClientAutoConfiguration.class,
          GrpcClientInjectionAutoConfiguration.class))
      .withBean(BuoyWatch.class)
      .withPropertyValues(
          INSTANCE + "host=localhost",
          // The port of HTTP, which nothing calls.
          INSTANCE + "port=1",
          INSTANCE + "metadata.gRPC_port=" + port(this.first),
          INSTANCE.replace("[0]", "[1]") + "host=localhost",
          INSTANCE.replace("[0]", "[1]") + "port=" + port(this.second));

  @AfterEach
  void stopServers() {
    this.first.close();
    this.second.close();
  }

  @Test
  void oldKeysAreTranslated(CapturedOutput output) {
    this.runner
        .withPropertyValues(
            "grpc.client.migration=translate",
            "grpc.client.buoys.address=discovery:///buoy-server",
            "grpc.client.buoys.negotiation-type=PLAINTEXT")
        .run(context -> {
          assertAllServersAreCalled(context.getBean(BuoyWatch.class));
          assertThat(output)
              .contains("address: discovery:///buoy-server")
              .contains("load-balancing-policy: round_robin");
        });
  }

  @Test
  void newKeysAreUsed() {
    this.runner
        .withPropertyValues(
            "grpc.client.defaults.load-balancing-policy=round_robin",
            "grpc.client.targets.buoys.address=discovery:///buoy-server",
            "grpc.client.targets.buoys.ssl.enabled=false")
        .run(context -> assertAllServersAreCalled(context.getBean(BuoyWatch.class)));
  }

  @Test
  void clientWithoutAnAddressCallsTheServiceOfItsName() {
    this.runner
        .withPropertyValues(
            "grpc.client.migration=translate", "grpc.client.buoy-server.negotiation-type=PLAINTEXT")
        .withBean("other", ByService.class)
        .withPropertyValues(
            "grpc.client.buoys.address=discovery:///buoy-server",
            "grpc.client.buoys.negotiation-type=PLAINTEXT")
        .run(context ->
            assertThat(context.getBean(ByService.class).look()).isEqualTo(HealthServer.serving()));
  }

  private void assertAllServersAreCalled(BuoyWatch watch) {
    while (this.first.headers.isEmpty() || this.second.headers.isEmpty()) {
      assertThat(watch.look()).isEqualTo(HealthServer.serving());
    }
  }

  private static String port(HealthServer server) {
    return server.address().replaceAll(".*:", "");
  }

  static class BuoyWatch {

    @GrpcClient("buoys")
    private HealthBlockingStub buoys;

    HealthCheckResponse look() {
      return this.buoys.check(HealthCheckRequest.getDefaultInstance());
    }
  }

  static class ByService {

    @GrpcClient("buoy-server")
    private HealthBlockingStub buoys;

    HealthCheckResponse look() {
      return this.buoys.check(HealthCheckRequest.getDefaultInstance());
    }
  }
}
