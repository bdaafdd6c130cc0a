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
  void onlyStrictJsonIsRead() throws IOException {
    String rule = "JSON has no comments, single quotes, missing quotes or commas before a bracket";

    for (String json : List.of(
        "{\n  // five seconds\n}",
        "{\n  # five seconds\n}",
        "{\n  'loadBalancingPolicy': \"round_robin\"}",
        "{\n  loadBalancingPolicy: \"round_robin\"}",
        "{\n  \"loadBalancingPolicy\": 'round_robin'}",
        "{\n  \"loadBalancingPolicy\"= \"round_robin\"}",
        "{\n  \"retryThrottling\": {\"maxTokens\": NaN}}",
        "{\n  \"methodConfig\": [{\"name\": [{}]},]}",
        "{\n  \"loadBalancingPolicy\": \"round_robin\"} {}",
        "{\n  \"loadBalancingPolicy\": \"round_robin\",}")) {
      assertThat(failure(file(json)).getDescription())
          .as(json)
          .contains("The file has no JSON object: ", " at line 2 column ")
          .doesNotContain("JsonReader", "http");
    }
    assertThat(failure(file("{\"methodConfig\": [{\"timeout\": 1s}]}")).getDescription())
        .contains("there is an error at line 1 column 31, in $.methodConfig[0].timeout. " + rule);
    assertThat(failure(file("{\"methodConfig\": [")).getDescription())
        .contains("The file has no JSON object: End of input at line 1 column 19");
    assertThat(failure(file("{\"a\":" + "[".repeat(10_000))).getDescription())
        .contains("There is no key 'a' in the file. Known keys:");
    assertThat(failure(file("{\"loadBalancingConfig\":" + "[".repeat(10_000))).getDescription())
        .contains("The file has no JSON object: Nesting limit 255 reached at line 1 column");
  }

  @Test
  void nullAndARepeatedKeyAreRefused() throws IOException {
    assertThat(failure(file("{\"methodConfig\": null}")).getDescription())
        .contains("The value of methodConfig in the file is null, which has no effect.");
    assertThat(failure(file("{\"methodConfig\": [{\"retryPolicy\": null}]}")).getDescription())
        .contains("The value of methodConfig[0].retryPolicy in the file is null");
    assertThat(failure(file("{\"methodConfig\": [{\"timeout\": \"1s\", \"timeout\": \"2s\"}]}"))
            .getDescription())
        .contains("There are two keys 'timeout' in methodConfig[0] of the file.");
  }

  @Test
  void byteOrderMarkIsIgnored() throws IOException {
    assertThat(config("""
        grpc.client.targets.greeter:
          address: localhost:1
          service-config-location: %s
        """.formatted(file("\uFEFF{\"loadBalancingPolicy\": \"round_robin\"}"))))
        .containsExactly(Map.entry("loadBalancingPolicy", "round_robin"));
  }

  @Test
  void directoryAddressOfAHostAndHugeFileAreRefused() throws IOException {
    String huge = file("{\"loadBalancingPolicy\": \"" + "x".repeat(1024 * 1024) + "\"}");

    for (String directory : List.of(this.folder.toString(), this.folder.toUri().toString())) {
      assertThat(failure(directory).getDescription())
          .contains("The file cannot be read: ", "] is a directory.", "application.yml - 3:28");
    }
    for (String remote : List.of("http://192.0.2.1/a.json", "https://localhost:1/a.json")) {
      assertThat(failure(remote).getDescription())
          .contains("The file cannot be read: it is on another host", "Store it in a file");
    }
    assertThat(failure(huge).getDescription())
        .contains("The file cannot be read: it has more than 1 MiB.");
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
