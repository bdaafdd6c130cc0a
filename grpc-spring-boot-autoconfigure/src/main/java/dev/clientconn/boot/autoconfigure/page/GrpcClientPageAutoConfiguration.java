// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.page;

import dev.clientconn.boot.ClientConnBuilderCustomizer;
import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.boot.autoconfigure.GrpcClientAutoConfiguration;
import dev.clientconn.boot.autoconfigure.GrpcClientProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.io.ResourceLoader;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Auto-configures a web page that shows the gRPC clients of a servlet application while they work.
 */
@AutoConfiguration(after = GrpcClientAutoConfiguration.class)
@ConditionalOnClass({RouterFunction.class, jakarta.servlet.Servlet.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBooleanProperty("grpc.client.page.enabled")
@ConditionalOnBean(ClientConnRegistry.class)
@ImportRuntimeHints(PageRuntimeHints.class)
public final class GrpcClientPageAutoConfiguration {

  /** Name of the bean that is there if the page is served. */
  static final String STREAM = "grpcClientPageStream";

  GrpcClientPageAutoConfiguration() {}

  @Bean
  SlowCallsByTarget grpcClientPageSlowCalls() {
    return new SlowCallsByTarget();
  }

  @Bean
  ClientConnBuilderCustomizer grpcClientPageCustomizer(SlowCallsByTarget calls) {
    return (target, builder) -> builder.callReportListener(calls.of(target));
  }

  /** Not lazy: a bean that is created after the start of the context is not started with it. */
  @Bean(STREAM)
  @Lazy(false)
  SnapshotStream grpcClientPageStream(
      ObjectProvider<ClientConnRegistry> clients, SlowCallsByTarget calls) {
    return new SnapshotStream(new PageSnapshot(clients::getObject, calls));
  }

  @Bean
  RouterFunction<ServerResponse> grpcClientPageRoutes(
      GrpcClientProperties properties, SnapshotStream stream, ResourceLoader resources) {
    PageRoutes routes = new PageRoutes(new PageResources(resources.getClassLoader()), stream);
    return routes.below(PagePath.check(properties.getPage().getPath()));
  }
}
