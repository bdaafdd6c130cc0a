// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import dev.clientconn.boot.autoconfigure.inject.ExternalInjectionPoints;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Defines the clients that a test class injects with {@link dev.clientconn.boot.GrpcClient}. Test
 * classes that need the same clients share a context.
 */
final class GrpcClientContextCustomizerFactory implements ContextCustomizerFactory {

  @Override
  public @Nullable ContextCustomizer createContextCustomizer(
      Class<?> testClass, List<ContextConfigurationAttributes> attributes) {
    return ExternalInjectionPoints.find(testClass).map(Customizer::new).orElse(null);
  }

  private record Customizer(ExternalInjectionPoints clients) implements ContextCustomizer {

    @Override
    public void customizeContext(
        ConfigurableApplicationContext context, MergedContextConfiguration merged) {
      this.clients.addTo(context.getBeanFactory());
    }
  }
}
