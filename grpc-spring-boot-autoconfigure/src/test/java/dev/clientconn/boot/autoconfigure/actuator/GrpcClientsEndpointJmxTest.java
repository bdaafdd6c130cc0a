// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.actuator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.boot.autoconfigure.actuator.EndpointApplication.Plain;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Map;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

@SuppressWarnings("try") // the context is needed until the block ends, and not named in it
class GrpcClientsEndpointJmxTest {

  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

  @Test
  void showsClientsAndTheirSecrets() throws Exception {
    try (ConfigurableApplicationContext context = start()) {
      assertThat(String.valueOf(invoke("clients").get("clients"))).contains("greeter");
      Map<?, ?> client = invoke("client", "greeter");
      assertThat(client.get("name")).isEqualTo("greeter");
      assertThat(String.valueOf(client.get("configuration")))
          .contains("user-agent")
          .contains("30m");
      assertThatThrownBy(() -> invoke("client", "nobody"))
          .hasMessageContaining("There is no gRPC client 'nobody'.");
      assertThatThrownBy(() -> invoke("streams", "greeter", -1, 10))
          .hasMessageContaining("'offset' is -1");
    }
  }

  @Test
  void operationsNeedAccess() throws Exception {
    try (ConfigurableApplicationContext context = start()) {
      assertThatThrownBy(() -> invoke("operate", "greeter", "drain"))
          .hasMessageContaining("no operation named operate");
    }
    try (ConfigurableApplicationContext context =
        start("management.endpoint.grpcclients.access=unrestricted")) {
      assertThat(invoke("operate", "greeter", "drain").get("operation")).isEqualTo("drain");
    }
  }

  private static ConfigurableApplicationContext start(String... properties) {
    return new SpringApplicationBuilder(Plain.class)
        .web(WebApplicationType.NONE)
        .properties(
            "spring.main.banner-mode=off",
            "spring.jmx.enabled=true",
            "management.endpoints.jmx.exposure.include=grpcclients",
            "grpc.client.targets.greeter.address=localhost:1",
            "grpc.client.targets.greeter.user-agent=shop")
        .properties(properties)
        .run();
  }

  private Map<?, ?> invoke(String operation, Object... arguments) throws Exception {
    ObjectName name = new ObjectName("org.springframework.boot:type=Endpoint,name=Grpcclients");
    String[] signature =
        Arrays.stream(arguments).map(each -> each.getClass().getName()).toArray(String[]::new);
    return (Map<?, ?>) this.server.invoke(name, operation, arguments, signature);
  }
}
