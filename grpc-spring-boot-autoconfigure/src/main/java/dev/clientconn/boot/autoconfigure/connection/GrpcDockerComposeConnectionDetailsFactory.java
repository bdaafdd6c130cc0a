// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.connection;

import dev.clientconn.boot.GrpcClientConnectionDetails;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;
import org.springframework.boot.ssl.SslBundle;

/**
 * Creates connection details of the services of Docker Compose that have the label {@code
 * dev.clientconn.target}, or Boot's label {@code org.springframework.boot.service-connection} with
 * the value {@code grpc}. Without a target in a label the name of the service is the target.
 */
final class GrpcDockerComposeConnectionDetailsFactory
    extends DockerComposeConnectionDetailsFactory<GrpcClientConnectionDetails> {

  private static final String SERVICE_CONNECTION = "org.springframework.boot.service-connection";

  GrpcDockerComposeConnectionDetailsFactory() {
    super(source -> isGrpc(source.getRunningService()));
  }

  private static boolean isGrpc(RunningService service) {
    return service.labels().containsKey(ContainerLabels.TARGET)
        || "grpc".equals(service.labels().get(SERVICE_CONNECTION));
  }

  @Override
  protected GrpcClientConnectionDetails getDockerComposeConnectionDetails(
      DockerComposeConnectionSource source) {
    return new ServiceDetails(source.getRunningService());
  }

  /** Connects to a running service. */
  private static final class ServiceDetails extends DockerComposeConnectionDetails
      implements GrpcClientConnectionDetails {

    private final RunningService service;

    private final @Nullable SslBundle bundle;

    ServiceDetails(RunningService service) {
      super(service);
      this.service = service;
      this.bundle = getSslBundle(service);
    }

    @Override
    public Set<String> getTargets() {
      Set<String> named = ContainerLabels.targets(this.service.labels());
      return named.isEmpty() ? Set.of(this.service.name()) : named;
    }

    @Override
    public String getAddress() {
      int port = ContainerLabels.port(this.service.labels())
          .map(this.service.ports()::get)
          .orElseGet(this::onlyPort);
      return ContainerLabels.address(this.service.host(), port);
    }

    private int onlyPort() {
      return ContainerLabels.only(
          this.service.ports().getAll("tcp"), "publishes", "ports of the host: ports: [\"9090\"]");
    }

    @Override
    public @Nullable SslBundle getSslBundle() {
      return this.bundle;
    }
  }
}
