// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.HealthServer;
import dev.clientconn.boot.autoconfigure.StartFailure;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import reactor.core.publisher.Flux;

class GrpcClientDiscoveryAutoConfigurationTest {

  @RegisterExtension
  private final HealthServer server = HealthServer.start();

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(
          GrpcClientDiscoveryAutoConfiguration.class, GrpcClientAutoConfiguration.class))
      .withPropertyValues(
          "grpc.client.targets.orders.address=discovery:///orders",
          "grpc.client.targets.orders.ssl.enabled=false");

  @Test
  void callsReachTheInstancesOfAService() {
    this.runner.withBean(DiscoveryClient.class, () -> new Registry(instances())).run(context -> {
      check(context.getBean(ClientConn.class));
      assertThat(NameResolverRegistry.getDefaultRegistry().getProviderForScheme("discovery"))
          .as("other channels of the JVM are not affected")
          .isNull();
    });
  }

  @Test
  void reactiveClientIsUsedIfThereIsNoOther() {
    this.runner
        .withBean(ReactiveDiscoveryClient.class, () -> new ReactiveRegistry(instances()))
        .run(context -> check(context.getBean(ClientConn.class)));
  }

  @Test
  void securityHasToBeChosen() {
    assertThat(StartFailure.of(new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                    GrpcClientDiscoveryAutoConfiguration.class, GrpcClientAutoConfiguration.class))
                .withPropertyValues("grpc.client.targets.orders.address=discovery:///orders")
                .withBean(DiscoveryClient.class, () -> new Registry(List.of())))
            .getDescription())
        .contains("It is not configured whether calls", "discovery:///orders");
  }

  @Test
  void addressNeedsADiscoveryClient() {
    assertThat(StartFailure.of(this.runner).getDescription())
        .contains("There is no discovery client", "spring-cloud-starter");
  }

  @Test
  void addressHasThreeSlashes() {
    assertThat(StartFailure.of(this.runner
                .withPropertyValues("grpc.client.targets.orders.address=discovery://orders")
                .withBean(DiscoveryClient.class, () -> new Registry(List.of())))
            .getDescription())
        .contains("Write discovery:///orders.");
  }

  @Test
  void backsOffWithoutSpringCloud() {
    this.runner
        .withClassLoader(new FilteredClassLoader("org.springframework.cloud"))
        .withPropertyValues("grpc.client.targets.orders.address=localhost:1")
        .run(context ->
            assertThat(context).hasNotFailed().doesNotHaveBean(NameResolverProvider.class));
  }

  @Test
  void worksWithoutReactor() {
    this.runner
        .withClassLoader(new FilteredClassLoader("reactor"))
        .withBean(DiscoveryClient.class, () -> new Registry(instances()))
        .run(context -> check(context.getBean(ClientConn.class)));
  }

  private List<ServiceInstance> instances() {
    String port = this.server.address().replaceFirst(".*:", "");
    return List.of(new DefaultServiceInstance(
        "1", "orders", "localhost", 1, false, Map.of("gRPC_port", port)));
  }

  private static void check(ClientConn channel) {
    assertThat(HealthGrpc.newBlockingStub(channel)
            .withDeadlineAfter(60, TimeUnit.SECONDS)
            .check(HealthCheckRequest.getDefaultInstance()))
        .isEqualTo(HealthServer.serving());
  }

  private record Registry(List<ServiceInstance> instances) implements DiscoveryClient {

    @Override
    public String description() {
      return "test";
    }

    @Override
    public List<ServiceInstance> getInstances(String service) {
      return this.instances;
    }

    @Override
    public List<String> getServices() {
      return List.of("orders");
    }
  }

  private record ReactiveRegistry(List<ServiceInstance> instances)
      implements ReactiveDiscoveryClient {

    @Override
    public String description() {
      return "test";
    }

    @Override
    public Flux<ServiceInstance> getInstances(String service) {
      return Flux.fromIterable(this.instances);
    }

    @Override
    public Flux<String> getServices() {
      return Flux.just("orders");
    }
  }
}
