// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnRefresher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Reads service configs from files. */
class ServiceConfigFileTest {

  private final ApplicationContextRunner runner = new ApplicationContextRunner()
      .withConfiguration(AutoConfigurations.of(GrpcClientAutoConfiguration.class));

  @TempDir
  private Path folder;

  @Test
  void keysOfTheFileCountUnlessThePropertiesHaveThem() throws IOException {
    String file = file("""
        {"loadBalancingPolicy": "pick_first",
         "methodConfig": [{"name": [{"service": "demo.Greeter"}], "timeout": "1.5s"}]}
        """);

    assertThat(config("""
        grpc.client.targets.greeter:
          address: localhost:1
          service-config-location: %s
          service-config.loadBalancingPolicy: round_robin
        """.formatted(file)))
        .isEqualTo(Map.of(
            "loadBalancingPolicy",
            "round_robin",
            "methodConfig",
            List.of(
                Map.of("name", List.of(Map.of("service", "demo.Greeter")), "timeout", "1.5s"))));
  }

  @Test
  void fileOfTheDefaultsIsInheritedUnlessTheTargetHasAServiceConfig() throws IOException {
    String defaults = "grpc.client.defaults.service-config-location: %s\n"
        .formatted(file("{\"loadBalancingPolicy\": \"round_robin\"}"));
    String target = defaults + "grpc.client.targets.greeter.address: localhost:1\n";

    assertThat(config(target)).containsEntry("loadBalancingPolicy", "round_robin");
    assertThat(config(target + """
        grpc.client.targets.greeter.service-config.methodConfig[0]:
          name: [{}]
          timeout: 1s
        """)).containsOnlyKeys("methodConfig");
    assertThat(config(target + "grpc.client.targets.greeter.service-config-location: ''"))
        .isEmpty();
  }

  @Test
  void mistakesShowTheLocationAndItsOrigin() throws IOException {
    String missing = this.folder.resolve("absent.json").toString();

    assertThat(failure(missing).getDescription())
        .contains("grpc.client.targets.greeter.service-config-location", missing)
        .contains("application.yml - 3:28", "The file cannot be read:");
    assertThat(failure(file("[]")).getDescription()).contains("The file has no JSON object");
    assertThat(failure(file("{\"methodConfig\": [{\"timeOut\": \"1s\"}]}")).getDescription())
        .contains("There is no key 'timeOut' in methodConfig[0] of the file. Did you mean"
            + " 'timeout'?");
    assertThat(failure(file("{\"methodConfig\": [{\"name\": [{}], \"timeout\": \"1 h\"}]}"))
            .getDescription())
        .contains("The service config of the gRPC target 'greeter' is invalid:")
        .contains("grpc.client.targets.greeter.service-config-location", "methodConfig[0].timeout");
  }

  @Test
  void locationThatCannotBeReadHasItsReason() throws IOException {
    Path latin = Files.write(this.folder.resolve("latin.json"), new byte[] {'{', (byte) 0xe4});

    assertThat(failure("absent.json").getDescription())
        .as("a relative path shows where it was looked for")
        .contains("cannot be read: file [" + Path.of("absent.json").toAbsolutePath() + "] does not")
        .contains("application.yml - 3:28");
    assertThat(failure("file:/%zz").getDescription())
        .contains("'file:/%zz'", "The file cannot be read: ", "application.yml - 3:28");
    assertThat(failure(latin.toString()).getDescription())
        .contains("The file cannot be read: it is not UTF-8.");
  }

  @Test
  void fileWithoutAnObjectIsRefusedAndAnErrorHasItsLine() throws IOException {
    for (String json : List.of("null", "", "\"round_robin\"", "[{}]")) {
      assertThat(failure(file(json)).getDescription())
          .contains("The file has no JSON object: it does not begin with '{'.");
    }
    assertThat(failure(file("{\n \"methodConfig\": [{\n  \"timeout\" 1\n}]}")).getDescription())
        .contains("The file has no JSON object", "at line 3 column");
  }

  @Test
  void fileThatContradictsAPolicyIsNamed() throws IOException {
    String file = file("{\"methodConfig\": [{\"name\": [{}], \"timeout\": \"1s\"}]}");

    assertThat(StartFailure.of(this.runner, """
        grpc.client.targets.greeter:
          address: localhost:1
          service-config-location: %s
          retry.max-attempts: 3
        """.formatted(file)).getDescription())
        .contains("grpc.client.targets.greeter.retry.max-attempts")
        .contains("'methodConfig' in grpc.client.targets.greeter.service-config-location");
  }

  @Test
  void refreshReadsTheFileAgain() throws IOException {
    String file = file("{\"loadBalancingPolicy\": \"pick_first\"}");
    this.runner
        .withPropertyValues(
            "grpc.client.targets.greeter.address=localhost:1",
            "grpc.client.targets.greeter.service-config-location=" + file)
        .run(context -> {
          assertThat(context).hasSingleBean(ClientConn.class);
          ClientConnRefresher refresher = context.getBean(ClientConnRefresher.class);
          assertThat(refresher.refresh()).isEmpty();

          file("{\"loadBalancingPolicy\": \"round_robin\"}");

          assertThat(refresher.refresh()).containsExactly("greeter");
        });
  }

  private @Nullable Map<String, Object> config(String yaml) {
    return new SettingsFixture().yaml(yaml).settings("greeter").values().getServiceConfig();
  }

  private FailureAnalysis failure(String location) {
    return StartFailure.of(this.runner, """
        grpc.client.targets.greeter:
          address: localhost:1
          service-config-location: %s
        """.formatted(location));
  }

  private String file(String json) throws IOException {
    return Files.writeString(this.folder.resolve("config.json"), json).toString();
  }
}
