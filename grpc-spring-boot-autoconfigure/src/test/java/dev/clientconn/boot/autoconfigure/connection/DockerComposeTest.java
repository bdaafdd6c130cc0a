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
import io.netty.pkitesting.CertificateBuilder;
import java.lang.reflect.Constructor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.docker.compose.core.ConnectionPorts;
import org.springframework.boot.docker.compose.core.ImageReference;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.lifecycle.DockerComposeServicesReadyEvent;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.support.SpringFactoriesLoader;

/** Connects targets to services of Docker Compose, with Boot's listener but without Docker. */
@Timeout(120)
class DockerComposeTest {

  private static final String TARGET = "dev.clientconn.target";

  private static final String PORT = "dev.clientconn.port";

  @RegisterExtension
  private final HealthServer server = HealthServer.start();

  private final int port = Integer.parseInt(this.server.address().replaceAll(".*:", ""));

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(GrpcClientAutoConfiguration.class))
      .withPropertyValues(
          "grpc.client.targets.greeter.address=greeter.example:443",
          "grpc.client.targets.greeter.ssl.enabled=true",
          "grpc.client.targets.prices.address=prices.example:443",
          "grpc.client.targets.prices.ssl.enabled=true");

  @Test
  void servicesWithTheLabelAreTheServersOfTheirTargets() {
    running(
            service("hello", Map.of(TARGET, "greeter"), Map.of(9090, this.port)),
            service("quotes", Map.of(TARGET, " prices "), Map.of(9090, this.port)))
        .run(context -> {
          assertThat(context).hasNotFailed();
          check(context, "greeter");
          check(context, "prices");
        });
  }

  @Test
  void oneServiceCanServeSeveralTargets() {
    running(service("all", Map.of(TARGET, "greeter, prices"), Map.of(9090, this.port)))
        .run(context -> {
          check(context, "greeter");
          check(context, "prices");
        });
  }

  @Test
  void labelOfBootMakesTheNameOfTheServiceThatOfTheTarget() {
    running(service(
            "greeter",
            Map.of("org.springframework.boot.service-connection", "grpc"),
            Map.of(9090, this.port)))
        .run(context -> check(context, "greeter"));
  }

  @Test
  void serviceWithoutALabelIsIgnored() {
    running(service("greeter", Map.of(), Map.of(9090, this.port)))
        .run(context -> assertThat(context).doesNotHaveBean(GrpcClientConnectionDetails.class));
  }

  @Test
  void labelChoosesOneOfSeveralPorts() {
    running(service(
            "hello", Map.of(TARGET, "greeter", PORT, "9090"), Map.of(8080, 1, 9090, this.port)))
        .run(context -> check(context, "greeter"));
  }

  @Test
  void portThatIsNotClearFailsTheStart() {
    String label = "Name the one inside of the container by the label " + PORT;
    assertThat(failure(Map.of(TARGET, "greeter"), Map.of(8080, 1, 9090, 2)))
        .contains("from the bean 'grpcClientConnectionDetailsForHello'")
        .contains("publishes the ports 1,2. " + label);
    assertThat(failure(Map.of(TARGET, "greeter"), Map.of()))
        .contains("The container publishes no port. Add ports of the host");
    assertThat(failure(Map.of(TARGET, "greeter", PORT, "grpc"), Map.of(9090, 2)))
        .contains("The label dev.clientconn.port is 'grpc', which is not a port.");
    assertThat(failure(Map.of(TARGET, "greeter", PORT, "1"), Map.of(9090, 2)))
        .contains("No host port mapping found for container port 1");
  }

  @Test
  void serviceOfATargetThatIsNotConfiguredFailsTheStart() {
    assertThat(failure(Map.of(TARGET, "greetr"), Map.of(9090, 2)))
        .contains("from the bean 'grpcClientConnectionDetailsForHello'")
        .contains("are for the gRPC target 'greetr'")
        .contains("Did you mean 'greeter'?");
  }

  @Test
  void labelsWithCertificatesMeanTls() throws Exception {
    String certificate = new CertificateBuilder()
        .ecp256()
        .subject("CN=server")
        .setIsCertificateAuthority(true)
        .buildSelfSigned()
        .getCertificatePEM();
    Map<String, String> labels = Map.of(
        TARGET,
        "greeter",
        "org.springframework.boot.sslbundle.pem.truststore.certificate",
        certificate);
    running(service("hello", labels, Map.of(9090, this.port)))
        .run(context -> assertThat(context.getBean(GrpcClientConnectionDetails.class))
            .extracting(GrpcClientConnectionDetails::getSslBundle)
            .isNotNull()
            .isSameAs(context.getBean(GrpcClientConnectionDetails.class).getSslBundle()));
  }

  @Test
  void applicationWithoutDockerComposeAndTestcontainersStarts() {
    this.runner
        .withClassLoader(
            new FilteredClassLoader("org.springframework.boot.docker", "org.testcontainers"))
        .run(context -> assertThat(context).hasNotFailed());
  }

  private String failure(Map<String, String> labels, Map<Integer, Integer> ports) {
    return StartFailure.of(running(service("hello", labels, ports))).getDescription();
  }

  private static void check(ApplicationContext context, String target) {
    HealthGrpc.newBlockingStub(context.getBean(target + "ClientConn", Channel.class))
        .check(HealthCheckRequest.getDefaultInstance());
  }

  private ApplicationContextRunner running(RunningService... services) {
    return this.runner.withInitializer(context -> publish(context, List.of(services)));
  }

  /** Calls the listener that Boot calls when the services run. */
  @SuppressWarnings({"unchecked", "rawtypes"})
  private static void publish(
      ConfigurableApplicationContext context, List<RunningService> services) {
    DockerComposeServicesReadyEvent event;
    try {
      Constructor<DockerComposeServicesReadyEvent> constructor =
          DockerComposeServicesReadyEvent.class.getDeclaredConstructor(
              ApplicationContext.class, List.class);
      constructor.setAccessible(true);
      event = constructor.newInstance(context, services);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
    for (ApplicationListener listener : SpringFactoriesLoader.loadFactories(
        ApplicationListener.class, DockerComposeTest.class.getClassLoader())) {
      if (listener.getClass().getSimpleName().startsWith("DockerComposeServiceConnections")) {
        listener.onApplicationEvent(event);
      }
    }
  }

  private static RunningService service(
      String name, Map<String, String> labels, Map<Integer, Integer> ports) {
    return new FakeService(name, labels, new FakePorts(ports));
  }

  private record FakeService(String name, Map<String, String> labels, ConnectionPorts ports)
      implements RunningService {

    @Override
    public ImageReference image() {
      return ImageReference.of("example/" + this.name + ":1");
    }

    @Override
    public String host() {
      return "localhost";
    }

    @Override
    public Map<String, @Nullable String> env() {
      return Map.of();
    }
  }

  private record FakePorts(Map<Integer, Integer> mappings) implements ConnectionPorts {

    @Override
    public int get(int containerPort) {
      Integer port = this.mappings.get(containerPort);
      if (port == null) {
        throw new IllegalStateException(
            "No host port mapping found for container port " + containerPort);
      }
      return port;
    }

    @Override
    public List<Integer> getAll() {
      return this.mappings.values().stream().sorted().toList();
    }

    @Override
    public List<Integer> getAll(@Nullable String protocol) {
      return getAll();
    }
  }
}
