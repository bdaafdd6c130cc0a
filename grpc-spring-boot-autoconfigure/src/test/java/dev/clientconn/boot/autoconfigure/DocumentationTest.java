// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;

/** The page about configuration and the keys must not drift apart. */
class DocumentationTest {

  private static final Path PAGE = Path.of("..", "docs", "configuration.md");

  @Test
  void pageHasARowForEveryKeyAndNoOther() throws IOException {
    String metadata = new ClassPathResource("META-INF/spring-configuration-metadata.json")
        .getContentAsString(StandardCharsets.UTF_8);
    List<String> keys =
        find("\"name\": \"grpc\\.client\\.defaults\\.([a-z.-]+)\",\\s+\"type\"", metadata).stream()
            .filter(key -> !isGroup(metadata, key))
            .toList();
    String page = Files.readString(PAGE);
    String table =
        page.substring(page.indexOf("## Keys of targets and of"), page.indexOf("## Addresses"));

    assertThat(keys).hasSizeGreaterThan(15);
    assertThat(find("(?m)^\\| `([a-z.-]+)`", table)).containsExactlyInAnyOrderElementsOf(keys);
  }

  @Test
  void exampleOfThePageBinds() throws IOException {
    String yaml = find("(?s)```yaml\n(.*?)```", Files.readString(PAGE)).get(0);
    StandardEnvironment environment = new StandardEnvironment();
    new YamlPropertySourceLoader()
        .load("page", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
        .forEach(environment.getPropertySources()::addLast);

    GrpcClientTargets targets = GrpcClientTargets.of(environment);

    assertThat(targets.names()).containsExactly("greeter", "prices");
    assertThat(targets.settings("greeter").values().getSsl().getBundle()).isEqualTo("greeter");
    assertThat(targets.settings("prices").values().getDeadline()).hasMillis(100);
  }

  private static boolean isGroup(String metadata, String key) {
    return metadata.contains("\"name\": \"grpc.client.defaults." + key + ".");
  }

  private static List<String> find(String regex, String text) {
    return Pattern.compile(regex)
        .matcher(text)
        .results()
        .map((MatchResult match) -> match.group(1))
        .distinct()
        .toList();
  }
}
