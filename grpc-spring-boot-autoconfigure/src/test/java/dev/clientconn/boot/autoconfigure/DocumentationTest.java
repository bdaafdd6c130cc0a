// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.transport.ChannelDefaults;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;

/** Checks the page about configuration against the metadata and the defaults of the builder. */
class DocumentationTest {

  private static final Path PAGE = Path.of("..", "docs", "configuration.md");

  @Test
  void pageHasARowForEveryKeyAndNoOther() throws IOException {
    String metadata = metadata();
    List<String> keys =
        find("\"name\": \"grpc\\.client\\.defaults\\.([a-z.-]+)\",\\s+\"type\"", metadata).stream()
            .filter(key -> !isGroup(metadata, key))
            .toList();
    assertThat(keys).hasSizeGreaterThan(15);
    assertThat(find("(?m)^\\| `([a-z.-]+)`", tableOfSettings()))
        .containsExactlyInAnyOrderElementsOf(keys);
  }

  @Test
  void defaultsOfThePageAreThoseOfTheMetadata() throws IOException {
    String metadata = metadata();
    Map<String, String> written = new TreeMap<>();
    Pattern.compile("(?m)^\\| `([a-z.-]+)` \\| [^|]+ \\| `([^`|]+)` \\|")
        .matcher(tableOfSettings())
        .results()
        .forEach(row -> written.put(row.group(1), row.group(2)));

    assertThat(written).hasSizeGreaterThan(10).isEqualTo(defaults(metadata));
  }

  @Test
  void defaultsOfTheMetadataAreThoseOfTheBuilder() throws IOException {
    assertThat(defaults(metadata()))
        .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
            Map.entry("connect.timeout", text(ChannelDefaults.CONNECT_TIMEOUT)),
            Map.entry("flow-control.connection-window", text(ChannelDefaults.WINDOW)),
            Map.entry("flow-control.grow", "" + ChannelDefaults.GROW_WINDOWS),
            Map.entry("flow-control.stream-window", text(ChannelDefaults.WINDOW)),
            Map.entry("idle.timeout", ChannelDefaults.IDLE_TIMEOUT.toMinutes() + "m"),
            Map.entry("inbound.message.max-size", text(ChannelDefaults.MAX_INBOUND_MESSAGE_SIZE)),
            Map.entry("inbound.metadata.max-size", text(ChannelDefaults.MAX_INBOUND_METADATA_SIZE)),
            Map.entry("keepalive.timeout", text(ChannelDefaults.KEEPALIVE_TIMEOUT)),
            Map.entry("keepalive.without-calls", "false"),
            Map.entry("load-balancing-policy", ChannelDefaults.LOAD_BALANCING_POLICY),
            Map.entry("shutdown.grace-period", text(ClientConnLifecycle.DEFAULT_GRACE_PERIOD)),
            Map.entry("streams.max-pending", "" + ChannelDefaults.MAX_PENDING_STREAMS),
            Map.entry("wait-for-ready", "false")));
  }

  private static String text(Duration duration) {
    return duration.toSeconds() + "s";
  }

  private static String text(int bytes) {
    return bytes % (1 << 20) == 0 ? (bytes >> 20) + "MB" : (bytes >> 10) + "KB";
  }

  private static Map<String, String> defaults(String metadata) {
    Map<String, String> defaults = new TreeMap<>();
    Pattern.compile("(?s)\\{[^{}]*\"name\": \"grpc\\.client\\.defaults\\.([a-z.-]+)\"[^{}]*"
            + "\"defaultValue\": \"?([^\"\\s]+)[^{}]*}")
        .matcher(metadata)
        .results()
        .forEach(property -> defaults.put(property.group(1), property.group(2)));
    return defaults;
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
    InheritedSettings settings = new InheritedSettings(
        Binder.get(environment).bindOrCreate("grpc.client", GrpcClientProperties.class), targets);
    assertThat(settings.settings("greeter").values().getSsl().getBundle()).isEqualTo("greeter");
    assertThat(settings.settings("prices").values().getDeadline()).hasMillis(100);
  }

  private static String metadata() throws IOException {
    return new ClassPathResource("META-INF/spring-configuration-metadata.json")
        .getContentAsString(StandardCharsets.UTF_8);
  }

  private static String tableOfSettings() throws IOException {
    String page = Files.readString(PAGE);
    return page.substring(page.indexOf("## Keys of targets and of"), page.indexOf("## Addresses"));
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
