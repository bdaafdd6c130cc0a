// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.TestContextAnnotationUtils;

/** Finds {@link GrpcTestServer} on a test class. */
final class TestServerContextCustomizerFactory implements ContextCustomizerFactory {

  @Override
  public @Nullable ContextCustomizer createContextCustomizer(
      Class<?> testClass, List<ContextConfigurationAttributes> attributes) {
    Set<GrpcTestServer> servers = find(testClass);
    return servers.isEmpty() ? null : new TestServerContextCustomizer(testClass, servers);
  }

  static Set<GrpcTestServer> find(Class<?> testClass) {
    return TestContextAnnotationUtils.getMergedRepeatableAnnotations(
        testClass, GrpcTestServer.class);
  }
}
