// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.StubFactory;
import dev.clientconn.boot.autoconfigure.ClientConnBeanRegistrar;
import dev.clientconn.boot.autoconfigure.GrpcClientTargets;
import dev.clientconn.boot.autoconfigure.UnknownGrpcTargetException;
import dev.clientconn.boot.autoconfigure.interceptor.InterceptorNames;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.aot.AotDetector;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.CannotLoadBeanClassException;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.env.Environment;

/**
 * Registers a bean definition for each name, type and list of interceptors that is injected with
 * {@link dev.clientconn.boot.GrpcClient} somewhere in the bean classes. It runs after the last bean
 * definition is known and before the first bean is created.
 *
 * <p>A name that is neither a target nor an address gets no definition: an {@code Optional} is
 * empty, and for other types Spring reports the unsatisfied dependency, which {@link
 * GrpcClientInjectionFailureAnalyzer} explains.
 */
final class GrpcClientBeanRegistrar implements BeanFactoryPostProcessor, PriorityOrdered {

  private final Environment environment;

  GrpcClientBeanRegistrar(Environment environment) {
    this.environment = environment;
  }

  /** Runs before the post-processor of {@code @MockitoBean}, which must find the definitions. */
  @Override
  public int getOrder() {
    return LOWEST_PRECEDENCE;
  }

  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
    // Code that was generated ahead of time contains the definitions.
    if (!AotDetector.useGeneratedArtifacts()
        && beanFactory instanceof BeanDefinitionRegistry registry) {
      Targets known = new Targets(GrpcClientTargets.of(this.environment), registry);
      InterceptorNames interceptors = new InterceptorNames(beanFactory);
      boolean stubFactories =
          beanFactory.getBeanNamesForType(StubFactory.class, true, false).length > 0;
      ExternalInjectionPoints external = ExternalInjectionPoints.in(beanFactory);
      pointsIn(beanFactory, external).forEach(point -> {
        interceptors.check(point.interceptors(), point.describe());
        register(point, point.beanType(stubFactories), known);
      });
      external.required().forEach(point -> requireChannel(point, known));
      DeclaredClient.in(beanFactory).forEach(declared -> {
        ClientInjectionPoint client = declared.client();
        interceptors.check(client.interceptors(), client.describe());
        register(declared, client.beanType(stubFactories), known);
      });
    }
  }

  /** Finds the first injection point of each client. */
  private static Collection<ClientInjectionPoint> pointsIn(
      ConfigurableListableBeanFactory beanFactory, ExternalInjectionPoints external) {
    Map<List<Object>, ClientInjectionPoint> points = new LinkedHashMap<>();
    ClientInjectionPointScanner scanner =
        new ClientInjectionPointScanner(point -> points.putIfAbsent(point.key(), point));
    for (String name : beanFactory.getBeanDefinitionNames()) {
      if (LibraryBeans.isOfLibrary(beanFactory.getBeanDefinition(name))) {
        continue;
      }
      try {
        scan(beanFactory, name, scanner);
        if (beanFactory.isFactoryBean(name)) {
          scan(beanFactory, BeanFactory.FACTORY_BEAN_PREFIX + name, scanner);
        }
      } catch (CannotLoadBeanClassException unloadable) {
        // The definition may be unused. If it is used, the creation of the bean reports the class.
      }
    }
    external.warnOfUnusedReplacements(points);
    external.points().forEach(points::putIfAbsent);
    return points.values();
  }

  private static void scan(
      ConfigurableListableBeanFactory beanFactory,
      String name,
      ClientInjectionPointScanner scanner) {
    Class<?> type = beanFactory.getType(name, false);
    if (type != null) {
      scanner.scan(type);
    }
  }

  private void register(ClientInjectionPoint point, Class<?> type, Targets targets) {
    targets.channel(point, resolve(point)).ifPresent(channel -> {
      boolean isTheChannel = type == ClientConn.class
          && ClientConnBeanRegistrar.beanName(point.value()).equals(channel)
          && isQualified(targets.registry(), channel);
      if (!isTheChannel) {
        GrpcClientBeanDefinition.register(targets.registry(), point, type, channel);
      }
    });
  }

  private void register(DeclaredClient declared, Class<?> type, Targets targets) {
    String channel = requireChannel(declared.client(), targets);
    GrpcClientBeanDefinition.register(targets.registry(), declared, type, channel);
  }

  /** Fails for an unknown name where no bean may be injected that would fail. */
  private String requireChannel(ClientInjectionPoint point, Targets targets) {
    String name = resolve(point);
    return targets
        .channel(point, name)
        .orElseThrow(() -> new UnknownGrpcTargetException(
            "%s is not the name of a gRPC target.".formatted(point.describe()),
            name,
            targets.configured().names()));
  }

  private String resolve(ClientInjectionPoint point) {
    try {
      return this.environment.resolveRequiredPlaceholders(point.value());
    } catch (IllegalArgumentException unresolved) {
      throw MisplacedGrpcClientException.placeholder(point, unresolved);
    }
  }

  private static boolean isQualified(BeanDefinitionRegistry registry, String beanName) {
    return registry.getBeanDefinition(beanName) instanceof AbstractBeanDefinition definition
        && definition.hasQualifier(GrpcClient.class.getName());
  }

  /** Registers the channels of the targets that are used. */
  private record Targets(GrpcClientTargets configured, BeanDefinitionRegistry registry) {

    /** Returns the bean name of a channel, or empty if the name is unknown. */
    Optional<String> channel(ClientInjectionPoint point, String name) {
      Optional<String> target =
          this.configured.find(name).or(() -> Optional.of(name).filter(this.configured::isUsable));
      target.ifPresent(known -> ClientConnBeanRegistrar.register(
          this.registry,
          known,
          Optional.ofNullable(this.configured.origin(known))
              .orElse("@GrpcClient in " + point.place())));
      return target.map(ClientConnBeanRegistrar::beanName);
    }
  }
}
