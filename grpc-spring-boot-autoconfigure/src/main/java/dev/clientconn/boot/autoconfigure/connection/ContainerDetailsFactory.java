// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.connection;

import dev.clientconn.boot.GrpcClientConnectionDetails;
import dev.clientconn.boot.autoconfigure.GrpcClientTargets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;
import org.testcontainers.containers.GenericContainer;

/**
 * Creates connection details of containers, whatever type of details the factory declares. Boot
 * registers the details of a container only if there is no bean of the declared type. That would
 * be wrong here: each container has details, for another target.
 */
abstract class ContainerDetailsFactory<D extends ConnectionDetails>
    extends ContainerConnectionDetailsFactory<GenericContainer<?>, D> {

  /** A type to declare that no bean has. */
  interface OfOneContainer extends ConnectionDetails {}

  @Override
  protected boolean sourceAccepts(
      ContainerConnectionSource<GenericContainer<?>> source,
      Class<?> containerType,
      Class<?> detailsType) {
    return super.sourceAccepts(source, containerType, GrpcClientConnectionDetails.class);
  }

  // Boot uses the details as ConnectionDetails, and their class as the type of the bean.
  @Override
  @SuppressWarnings("unchecked")
  protected D getContainerConnectionDetails(ContainerConnectionSource<GenericContainer<?>> source) {
    return (D) new ContainerDetails(source);
  }

  /**
   * Connects to a container of a test. The name of its {@code @ServiceConnection} or its label is
   * that of the target. Every container may have the annotation, for another technology too, so a
   * name that is no target is ignored unless the annotation names the type of these details.
   */
  private static final class ContainerDetails
      extends ContainerConnectionDetails<GenericContainer<?>>
      implements GrpcClientConnectionDetails, BeanFactoryAware, EnvironmentAware {

    private static final Log logger = LogFactory.getLog(ContainerDetails.class);

    private final ContainerConnectionSource<GenericContainer<?>> source;

    private @Nullable ListableBeanFactory beans;

    private @Nullable Environment environment;

    /** Null until it was asked for; then the same set each time, and one warning at most. */
    private @Nullable Set<String> targets;

    ContainerDetails(ContainerConnectionSource<GenericContainer<?>> source) {
      super(source);
      this.source = source;
    }

    @Override
    public void setBeanFactory(BeanFactory beanFactory) {
      this.beans = (ListableBeanFactory) beanFactory;
    }

    @Override
    public void setEnvironment(Environment environment) {
      this.environment = environment;
    }

    @Override
    public synchronized Set<String> getTargets() {
      if (this.targets == null) {
        this.targets = findTargets(
            Objects.requireNonNull(this.beans), Objects.requireNonNull(this.environment));
      }
      return this.targets;
    }

    private Set<String> findTargets(ListableBeanFactory beans, Environment environment) {
      Set<String> labelled = ContainerLabels.targets(getContainer().getLabels());
      boolean typed =
          this.source.getConnectionDetailsTypes().contains(GrpcClientConnectionDetails.class);
      if (!labelled.isEmpty()) {
        return labelled;
      }
      if (!typed && isOfAnother(beans)) {
        return Set.of();
      }
      List<String> known = GrpcClientTargets.of(environment).names();
      Set<String> named = known.stream()
          .filter(name ->
              this.source.accepts(name, GenericContainer.class, GrpcClientConnectionDetails.class))
          .collect(Collectors.toSet());
      if (named.isEmpty()) {
        String problem = "The name in the @ServiceConnection of %s is no gRPC target.%s"
            .formatted(getOrigin(), InvalidConnectionDetailsException.list(known));
        String action = "Write the name of a target: @ServiceConnection(name = \"<target>\").";
        if (typed) {
          throw new InvalidConnectionDetailsException(problem, action);
        }
        logger.warn(problem + " Nothing else uses this container. " + action);
      }
      return named;
    }

    /** Whether other details were made of this container. */
    private boolean isOfAnother(ListableBeanFactory beans) {
      Origin origin = getOrigin();
      return Arrays.stream(beans.getBeanNamesForType(ConnectionDetails.class))
          .map(beans::getBean)
          .anyMatch(bean -> bean != this && Objects.equals(Origin.from(bean), origin));
    }

    @Override
    public String getAddress() {
      GenericContainer<?> container = getContainer();
      int port = ContainerLabels.port(container.getLabels())
          .orElseGet(() -> ContainerLabels.only(
              container.getExposedPorts(), "exposes", "one by withExposedPorts(9090)."));
      return ContainerLabels.address(container.getHost(), container.getMappedPort(port));
    }

    @Override
    public @Nullable SslBundle getSslBundle() {
      return super.getSslBundle();
    }
  }
}
