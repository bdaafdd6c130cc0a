// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.boot.GrpcClientConnectionDetails;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.HealthServer;
import dev.clientconn.boot.autoconfigure.StartFailure;
import io.grpc.Channel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.testcontainers.containers.GenericContainer;

/** Connects targets to containers that are beans, without Docker: they are never started. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class TestcontainersTest {

  private static HealthServer server;

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(
          ServiceConnectionAutoConfiguration.class, GrpcClientAutoConfiguration.class))
      .withPropertyValues(
          "grpc.client.targets.greeter.address=greeter.example:443",
          "grpc.client.targets.greeter.ssl.enabled=true",
          "grpc.client.targets.prices.address=prices.example:443",
          "grpc.client.targets.prices.ssl.enabled=true");

  @BeforeAll
  static void startServer() {
    server = HealthServer.start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Test
  void eachContainerIsTheServerOfTheTargetThatItsServiceConnectionNames() {
    this.runner.withUserConfiguration(Greeter.class, Prices.class).run(context -> {
      check(context, "greeter");
      check(context, "prices");
    });
  }

  @Test
  void labelNamesTheTargetsOfAContainer(CapturedOutput output) {
    this.runner.withUserConfiguration(Labelled.class).run(context -> {
      check(context, "greeter");
      check(context, "prices");
      assertThat(output).doesNotContain("@ServiceConnection");
    });
  }

  @Test
  void misspeltNameIsWarnedOfOnce(CapturedOutput output) {
    this.runner.withUserConfiguration(Misspelt.class).run(context -> {
      assertThat(context).hasNotFailed();
      assertThat(output)
          .containsOnlyOnce("The name in the @ServiceConnection of ")
          .contains("Configured: greeter, prices.");
    });
  }

  @Test
  void misspeltNameFailsTheStartIfTheTypeSaysThatItIsAGrpcServer() {
    assertThat(StartFailure.of(this.runner.withUserConfiguration(Typed.class)).getDescription())
        .startsWith("The name in the @ServiceConnection of ")
        .contains("is no gRPC target. Configured: greeter, prices.");
  }

  @Test
  void containerOfAnotherTechnologyIsIgnoredEvenIfATargetHasItsName(CapturedOutput output) {
    this.runner
        .withPropertyValues("grpc.client.targets.zipkin.address=localhost:1")
        .withUserConfiguration(Zipkin.class)
        .run(context -> {
          assertThat(context.getBeansOfType(ConnectionDetails.class)).hasSize(2);
          assertThat(context.getBean(GrpcClientConnectionDetails.class).getTargets())
              .isEmpty();
          assertThat(output).doesNotContain("@ServiceConnection");
        });
  }

  @Test
  void containerWithSeveralPortsNeedsTheLabel() {
    assertThat(
            StartFailure.of(this.runner.withUserConfiguration(TwoPorts.class)).getDescription())
        .contains("of the gRPC target 'greeter'")
        .contains("exposes the ports 8080,9090")
        .contains("by the label dev.clientconn.port");
  }

  private static void check(ApplicationContext context, String target) {
    HealthGrpc.newBlockingStub(context.getBean(target + "ClientConn", Channel.class))
        .check(HealthCheckRequest.getDefaultInstance());
  }

  @Configuration(proxyBeanMethods = false)
  static class Greeter {

    @Bean
    @ServiceConnection(name = "greeter")
    NeverStarted greeterContainer() {
      return new NeverStarted(9090);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Prices {

    @Bean
    @ServiceConnection(name = "Prices", type = GrpcClientConnectionDetails.class)
    NeverStarted pricesContainer() {
      return new NeverStarted(8080, 9090).withLabel("dev.clientconn.port", "9090");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Labelled {

    @Bean
    @ServiceConnection
    NeverStarted everything() {
      return new NeverStarted(9090).withLabel("dev.clientconn.target", "greeter,prices");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Misspelt {

    @Bean
    @ServiceConnection(name = "greetr")
    NeverStarted greeterContainer() {
      return new NeverStarted(9090);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Typed {

    @Bean
    @ServiceConnection(name = "greetr", type = GrpcClientConnectionDetails.class)
    NeverStarted greeterContainer() {
      return new NeverStarted(9090);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class TwoPorts {

    @Bean
    @ServiceConnection(name = "greeter")
    NeverStarted greeterContainer() {
      return new NeverStarted(8080, 9090);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Zipkin {

    @Bean
    @ServiceConnection(name = "zipkin")
    NeverStarted zipkinContainer() {
      return new NeverStarted(9411);
    }
  }

  static class NeverStarted extends GenericContainer<NeverStarted> {

    NeverStarted(Integer... ports) {
      super("example/greeter:1");
      withExposedPorts(ports);
    }

    @Override
    public void start() {}

    @Override
    public void stop() {}

    @Override
    public String getHost() {
      return "localhost";
    }

    @Override
    public Integer getMappedPort(int originalPort) {
      return originalPort == 9090 ? Integer.parseInt(server.address().replaceAll(".*:", "")) : 1;
    }
  }

  interface ZipkinDetails extends ConnectionDetails {}

  /** Stands for the factories of other technologies that Boot has. */
  static class ZipkinFactory
      extends ContainerConnectionDetailsFactory<NeverStarted, ZipkinDetails> {

    ZipkinFactory() {
      super("zipkin");
    }

    @Override
    protected ZipkinDetails getContainerConnectionDetails(
        ContainerConnectionSource<NeverStarted> source) {
      return new Details(source);
    }

    private static final class Details extends ContainerConnectionDetails<NeverStarted>
        implements ZipkinDetails {

      Details(ContainerConnectionSource<NeverStarted> source) {
        super(source);
      }
    }
  }
}
