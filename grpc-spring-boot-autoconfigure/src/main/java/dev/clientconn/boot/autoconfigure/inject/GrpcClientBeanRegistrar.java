// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.inject;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.GrpcClient;
import dev.clientconn.boot.autoconfigure.ClientConnBeanRegistrar;
import dev.clientconn.boot.autoconfigure.GrpcClientTargets;
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
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.env.Environment;

/**
 * Registers a bean definition for each pair of name and type that is injected with {@link
 * GrpcClient} somewhere in the bean classes. It runs after the last bean definition is known and
 * before the first bean is created.
 *
 * <p>A name that is neither a target nor an address gets no definition: an {@code Optional} is
 * empty, and for other types Spring reports the unsatisfied dependency, which {@link
 * GrpcClientInjectionFailureAnalyzer} explains.
 */
final class GrpcClientBeanRegistrar implements BeanFactoryPostProcessor, PriorityOrdered {

  /** Bean name of the {@link GrpcClientBeanFactory}. */
  static final String FACTORY_BEAN = "grpcClientBeanFactory";

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
      Collection<ClientInjectionPoint> points = pointsIn(beanFactory);
      GrpcClientTargets targets = GrpcClientTargets.of(this.environment);
      points.forEach(point -> register(point, targets, registry));
    }
  }

  /** Finds the first injection point of each pair of name and type. */
  private static Collection<ClientInjectionPoint> pointsIn(
      ConfigurableListableBeanFactory beanFactory) {
    Map<List<Object>, ClientInjectionPoint> points = new LinkedHashMap<>();
    ClientInjectionPointScanner scanner = new ClientInjectionPointScanner(
        point -> points.putIfAbsent(List.of(point.value(), point.type()), point));
    for (String name : beanFactory.getBeanDefinitionNames()) {
      try {
        scan(beanFactory, name, scanner);
        if (beanFactory.isFactoryBean(name)) {
          scan(beanFactory, BeanFactory.FACTORY_BEAN_PREFIX + name, scanner);
        }
      } catch (CannotLoadBeanClassException unloadable) {
        // The definition may be unused. If it is used, the creation of the bean reports the class.
      }
    }
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

  private void register(
      ClientInjectionPoint point, GrpcClientTargets targets, BeanDefinitionRegistry registry) {
    String name = resolve(point);
    Class<?> type = point.beanType();
    Optional<String> target =
        targets.find(name).or(() -> Optional.of(name).filter(targets::isUsable));
    target.ifPresent(known -> {
      String origin = "@GrpcClient in " + point.place();
      ClientConnBeanRegistrar.register(
          registry, known, Optional.ofNullable(targets.origin(known)).orElse(origin));
      register(point.value(), type, known, origin, registry);
    });
  }

  private String resolve(ClientInjectionPoint point) {
    try {
      return this.environment.resolveRequiredPlaceholders(point.value());
    } catch (IllegalArgumentException unresolved) {
      throw MisplacedGrpcClientException.placeholder(point, unresolved);
    }
  }

  private static void register(
      String value, Class<?> type, String target, String origin, BeanDefinitionRegistry registry) {
    String beanName = "grpcClient:" + value + ":" + type.getName();
    String channel = ClientConnBeanRegistrar.beanName(target);
    boolean isTheChannel =
        type == ClientConn.class && value.equals(target) && isQualified(registry, channel);
    if (isTheChannel || registry.containsBeanDefinition(beanName)) {
      return;
    }
    RootBeanDefinition definition = new RootBeanDefinition(type);
    definition.setTargetType(type);
    definition.setFactoryBeanName(FACTORY_BEAN);
    definition.setFactoryMethodName("client");
    definition.getConstructorArgumentValues().addIndexedArgumentValue(0, type);
    definition.getConstructorArgumentValues().addIndexedArgumentValue(1, channel);
    definition.addQualifier(new AutowireCandidateQualifier(GrpcClient.class, value));
    definition.setDependsOn(channel);
    definition.setLazyInit(true);
    definition.setResourceDescription(origin);
    // Hide the bean from injection points without the annotation.
    definition.setDefaultCandidate(false);
    registry.registerBeanDefinition(beanName, definition);
  }

  private static boolean isQualified(BeanDefinitionRegistry registry, String beanName) {
    return registry.getBeanDefinition(beanName) instanceof AbstractBeanDefinition definition
        && definition.hasQualifier(GrpcClient.class.getName());
  }
}
