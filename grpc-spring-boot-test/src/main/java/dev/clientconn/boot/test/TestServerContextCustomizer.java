// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import java.util.Set;
import org.springframework.aot.AotDetector;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Adds the servers of a test to its application context, as a bean definition, which code that is
 * generated ahead of time contains. Equal annotations make equal customizers, so that test classes
 * share a context.
 */
final class TestServerContextCustomizer implements ContextCustomizer {

  static final String BEAN_NAME = TestServerStarter.class.getName();

  private final Class<?> testClass;

  private final Set<GrpcTestServer> servers;

  TestServerContextCustomizer(Class<?> testClass, Set<GrpcTestServer> servers) {
    this.testClass = testClass;
    this.servers = servers;
  }

  @Override
  public void customizeContext(
      ConfigurableApplicationContext context, MergedContextConfiguration merged) {
    // In AOT mode the generated code has registered it, and Boot calls the customizers too.
    if (!AotDetector.useGeneratedArtifacts()
        && context.getBeanFactory() instanceof BeanDefinitionRegistry registry) {
      RootBeanDefinition definition = new RootBeanDefinition(TestServerStarter.class);
      definition.getConstructorArgumentValues().addIndexedArgumentValue(0, this.testClass);
      definition.setAutowireMode(RootBeanDefinition.AUTOWIRE_CONSTRUCTOR);
      registry.registerBeanDefinition(BEAN_NAME, definition);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TestServerContextCustomizer customizer
        && customizer.servers.equals(this.servers);
  }

  @Override
  public int hashCode() {
    return this.servers.hashCode();
  }
}
