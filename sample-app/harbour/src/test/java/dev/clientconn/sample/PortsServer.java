// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/**
 * Runs the gRPC service of the sample alone, on a free port, which the web application must know
 * before it starts.
 */
final class PortsServer implements AutoCloseable {

  private final ConfigurableApplicationContext context;

  private PortsServer(ConfigurableApplicationContext context) {
    this.context = context;
  }

  static PortsServer start() {
    return start("default", Map.of());
  }

  static PortsServer start(String profile, Map<String, String> properties) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--spring.grpc.server.port=0");
    arguments.add("--grpc.client.enabled=false");
    properties.forEach((name, value) -> arguments.add("--" + name + "=" + value));
    return new PortsServer(new SpringApplicationBuilder(Harbour.class)
        .web(WebApplicationType.NONE)
        .profiles(profile)
        .run(arguments.toArray(String[]::new)));
  }

  int port() {
    return context.getBean(GrpcServerLifecycle.class).getPort();
  }

  @Override
  public void close() {
    context.close();
  }

  @EnableAutoConfiguration
  @ComponentScan("dev.clientconn.sample.harbour")
  static class Harbour {}
}
