// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import dev.clientconn.boot.autoconfigure.GrpcClientTargets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.ResourceLoader;

/**
 * Starts the servers of a test class, and sets the addresses of their targets in the environment.
 * It runs when all bean definitions and property sources are known, before a channel can be
 * created, and before the classes of beans are searched for clients.
 */
final class TestServerStarter
    implements BeanFactoryPostProcessor,
        PriorityOrdered,
        SmartInitializingSingleton,
        DisposableBean {

  private static final String PROPERTY_SOURCE = "grpcTestServers";

  private final Class<?> testClass;

  private final ConfigurableEnvironment environment;

  private final ResourceLoader resources;

  private final List<TestServer> servers = new ArrayList<>();

  TestServerStarter(
      Class<?> testClass, ConfigurableEnvironment environment, ResourceLoader resources) {
    this.testClass = testClass;
    this.environment = environment;
    this.resources = resources;
  }

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }

  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
    Set<GrpcTestServer> declared = TestServerContextCustomizerFactory.find(this.testClass);
    declared.forEach(server -> registerServices(server, beans));
    TestServerTargets targets =
        new TestServerTargets(this.testClass, GrpcClientTargets.of(this.environment));
    Map<String, Object> properties = new LinkedHashMap<>();
    targets.assign(declared).forEach((server, names) -> {
      int port = start(server, beans);
      boolean tls = TestServer.usesTls(server);
      names.forEach(name -> properties.putAll(TestServerTargets.properties(name, tls, port)));
    });
    this.environment
        .getPropertySources()
        .addFirst(new MapPropertySource(PROPERTY_SOURCE, properties));
  }

  private void registerServices(GrpcTestServer server, ConfigurableListableBeanFactory beans) {
    for (Class<?> service : server.services()) {
      // Code that was generated ahead of time has the definition already.
      if (beans.getBeanNamesForType(service, true, false).length == 0) {
        RootBeanDefinition definition = new RootBeanDefinition(service);
        definition.setResourceDescription("@GrpcTestServer on " + this.testClass.getName());
        ((BeanDefinitionRegistry) beans).registerBeanDefinition(service.getName(), definition);
      }
    }
  }

  private int start(GrpcTestServer declaration, ConfigurableListableBeanFactory beans) {
    if (Boolean.getBoolean("spring.aot.processing")) {
      return 1; // The context is only processed ahead of time: it makes no calls.
    }
    TestServer server = new TestServer(this.testClass, declaration, beans);
    this.servers.add(server);
    return server.start(this.resources);
  }

  /** Reports mistakes in the services at the start of the context instead of in a call. */
  @Override
  public void afterSingletonsInstantiated() {
    this.servers.forEach(TestServer::resolveServices);
  }

  @Override
  public void destroy() {
    this.servers.forEach(TestServer::stop);
  }
}
