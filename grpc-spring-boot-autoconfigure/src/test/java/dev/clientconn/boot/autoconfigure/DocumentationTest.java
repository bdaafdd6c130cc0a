// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.boot.autoconfigure.settings.SslSettings;
import dev.clientconn.internal.transport.ChannelDefaults;
import io.grpc.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;

/** Checks the page about configuration against the metadata and the defaults of the builder. */
class DocumentationTest {

  private static final Path PAGE = Path.of("..", "docs", "configuration.md");

  @Test
  void pageHasARowForEveryKeyAndNoOther() throws IOException {
    String metadata = metadata();
    List<String> keys =
        find("\"name\": \"grpc\\.client\\.defaults\\.([a-z0-9.-]+)\",\\s+\"type\"", metadata)
            .stream()
            .filter(key -> !isGroup(metadata, key))
            .toList();
    assertThat(keys).hasSizeGreaterThan(35);
    assertThat(find("(?m)^\\| `([a-z0-9.-]+)`", tableOfSettings()))
        .containsExactlyInAnyOrderElementsOf(keys);
  }

  @Test
  void defaultsOfThePageAreThoseOfTheMetadata() throws IOException {
    String metadata = metadata();
    Map<String, String> written = new TreeMap<>();
    Pattern.compile("(?m)^\\| `([a-z0-9.-]+)` \\| [^|]+ \\| `([^`|]+)` \\|")
        .matcher(tableOfSettings())
        .results()
        .forEach(row -> written.put(row.group(1), row.group(2)));

    assertThat(written).hasSizeGreaterThan(10).isEqualTo(defaults(metadata));
  }

  @Test
  void defaultsOfTheMetadataAreThoseOfTheBuilder() throws IOException {
    assertThat(defaults(metadata()))
        .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
            Map.entry("connections.idle-timeout", text(ChannelDefaults.CONNECTION_IDLE_TIMEOUT)),
            Map.entry("connections.max", "" + ChannelDefaults.MAX_CONNECTIONS_PER_ADDRESS),
            Map.entry("connections.max-age-grace", text(ChannelDefaults.CONNECTION_AGE_GRACE)),
            Map.entry("connect.mode", "lazy"),
            Map.entry("connect.required-timeout", text(ConnectionsAtStart.DEFAULT_TIMEOUT)),
            Map.entry("connect.timeout", text(ChannelDefaults.CONNECT_TIMEOUT)),
            Map.entry("credentials.allow-plaintext", "false"),
            Map.entry("credentials.enabled", "true"),
            Map.entry("credentials.oauth2.timeout", text(TargetCredentials.TOKEN_TIMEOUT)),
            Map.entry("flow-control.connection-window", text(ChannelDefaults.WINDOW)),
            Map.entry("flow-control.grow", "" + ChannelDefaults.GROW_WINDOWS),
            Map.entry("flow-control.stream-window", text(ChannelDefaults.WINDOW)),
            Map.entry(
                "health.certificate-threshold", HealthSource.CERTIFICATE_THRESHOLD.toDays() + "d"),
            Map.entry("health.connect", "false"),
            Map.entry("health.connecting", "unknown"),
            Map.entry("health.enabled", "true"),
            Map.entry("health.failure", "down"),
            Map.entry("health.idle", "up"),
            Map.entry("hedging.delay", text(CallPolicies.HEDGING_DELAY)),
            Map.entry("idle.timeout", text(ChannelDefaults.IDLE_TIMEOUT)),
            Map.entry("inbound.message.max-size", text(ChannelDefaults.MAX_INBOUND_MESSAGE_SIZE)),
            Map.entry("inbound.metadata.max-size", text(ChannelDefaults.MAX_INBOUND_METADATA_SIZE)),
            Map.entry("keepalive.timeout", text(ChannelDefaults.KEEPALIVE_TIMEOUT)),
            Map.entry("keepalive.without-calls", "false"),
            Map.entry("load-balancing-policy", ChannelDefaults.LOAD_BALANCING_POLICY),
            Map.entry("proxy.enabled", "true"),
            Map.entry("retry.buffer.per-call", text(ChannelDefaults.PER_RPC_BUFFER_LIMIT)),
            Map.entry("retry.buffer.total", text(ChannelDefaults.RETRY_BUFFER_SIZE)),
            Map.entry("retry.codes", String.join(",", CallPolicies.CODES)),
            Map.entry("retry.enabled", "true"),
            Map.entry("retry.initial-backoff", text(CallPolicies.INITIAL_BACKOFF)),
            Map.entry("retry.max-backoff", text(CallPolicies.MAX_BACKOFF)),
            Map.entry("retry.multiplier", "" + (int) CallPolicies.MULTIPLIER),
            Map.entry("service-config-lookup", "true"),
            Map.entry("shutdown.grace-period", text(ClientConnLifecycle.DEFAULT_GRACE_PERIOD)),
            Map.entry("ssl.verify", SslSettings.Verify.FULL.name().toLowerCase(Locale.ROOT)),
            Map.entry("streams.max-pending", "" + ChannelDefaults.MAX_PENDING_STREAMS),
            Map.entry("throttling.token-ratio", "" + CallPolicies.TOKEN_RATIO),
            Map.entry("wait-for-ready", "false")));
  }

  @Test
  void hintsOfTheMetadataAreWhatIsAccepted() throws IOException {
    List<String> codes = Arrays.stream(Status.Code.values())
        .filter(code -> code != Status.Code.OK)
        .map(Status.Code::name)
        .toList();

    assertThat(hints("retry.codes")).isEqualTo(codes);
    assertThat(hints("hedging.non-fatal-codes")).isEqualTo(codes);
    assertThat(hints("service-config.keys"))
        .containsExactlyInAnyOrderElementsOf(ServiceConfigKeys.ROOT.names());
  }

  private static List<String> hints(String key) throws IOException {
    String metadata = metadata();
    int hints = metadata.indexOf("\"hints\"");
    int begin = metadata.indexOf("\"grpc.client.defaults." + key + "\"", hints);
    int end = metadata.indexOf("\"name\"", begin);
    return find(
        "\"value\": \"(\\w+)\"", metadata.substring(begin, end < 0 ? metadata.length() : end));
  }

  private static String text(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds == 0 && !duration.isZero()) {
      return duration.toMillis() + "ms";
    }
    return seconds > 60 && seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }

  private static String text(long bytes) {
    return bytes % (1 << 20) == 0 ? (bytes >> 20) + "MB" : (bytes >> 10) + "KB";
  }

  private static Map<String, String> defaults(String metadata) {
    Map<String, String> defaults = new TreeMap<>();
    Pattern.compile("(?s)\\{[^{}]*\"name\": \"grpc\\.client\\.defaults\\.([a-z0-9.-]+)\"[^{}]*"
            + "\"defaultValue\": \"?([^\"\\s]+)[^{}]*}")
        .matcher(metadata)
        .results()
        .forEach(property -> defaults.put(property.group(1), property.group(2)));
    return defaults;
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
    String properties = metadata.substring(0, metadata.indexOf("\"hints\""));
    return properties.contains("\"name\": \"grpc.client.defaults." + key + ".");
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
