// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.GrpcClient;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Registers a bean definition for the channel of each configured target. It reads only the names
 * of the targets, so a context that was processed ahead of time takes addresses and settings from
 * the environment it runs in.
 */
public final class ClientConnBeanRegistrar implements ImportBeanDefinitionRegistrar {

  /** Bean name of the {@link ClientConnBeanFactory}. */
  static final String FACTORY_BEAN = "clientConnBeanFactory";

  private static final String SUFFIX = "ClientConn";

  private final Environment environment;

  private final @Nullable ClassLoader classLoader;

  ClientConnBeanRegistrar(Environment environment, @Nullable ClassLoader classLoader) {
    this.environment = environment;
    this.classLoader = classLoader;
  }

  /**
   * Forms the bean name of a target's channel.
   *
   * @param target the configured name of the target, or an address
   * @return the name with {@code ClientConn} at its end
   */
  public static String beanName(String target) {
    return target + SUFFIX;
  }

  /**
   * Returns the target of a channel bean.
   *
   * @param beanName the bean name of a channel
   * @return the name of the target; the bean name itself if it does not have the suffix
   */
  public static String target(String beanName) {
    return beanName.endsWith(SUFFIX) && beanName.length() > SUFFIX.length()
        ? beanName.substring(0, beanName.length() - SUFFIX.length())
        : beanName;
  }

  /**
   * Registers the definition of a target, unless the application defines a bean of that name.
   *
   * @param registry the registry to add the definition to
   * @param target a configured name as it was written, or an address
   * @param origin where the target is configured, for reports
   */
  public static void register(
      BeanDefinitionRegistry registry, String target, @Nullable String origin) {
    if (registry.containsBeanDefinition(beanName(target))) {
      return;
    }
    RootBeanDefinition definition = new RootBeanDefinition(ClientConn.class);
    definition.setFactoryBeanName(FACTORY_BEAN);
    definition.setFactoryMethodName("clientConn");
    definition.getConstructorArgumentValues().addIndexedArgumentValue(0, target);
    definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, target));
    definition.addQualifier(clientQualifier(target));
    // The lifecycle shuts channels down gracefully; this is for a context that was never started.
    definition.setDestroyMethodName("shutdownNow");
    definition.setResourceDescription(origin);
    registry.registerBeanDefinition(beanName(target), definition);
  }

  /**
   * Qualifiers with equal attributes are equal even if their types differ, and code that was
   * generated ahead of time would keep only one of them.
   */
  private static AutowireCandidateQualifier clientQualifier(String target) {
    AutowireCandidateQualifier qualifier = new AutowireCandidateQualifier(GrpcClient.class, target);
    qualifier.setAttribute("distinct", true);
    return qualifier;
  }

  @Override
  public void registerBeanDefinitions(
      AnnotationMetadata importing, BeanDefinitionRegistry registry) {
    KeyCheck.run(this.environment, this.classLoader);
    GrpcClientTargets targets = GrpcClientTargets.of(this.environment);
    targets.names().forEach(name -> register(registry, name, targets.origin(name)));
  }
}
