// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.boot.autoconfigure.EffectiveSetting.Layer;
import dev.clientconn.boot.autoconfigure.connection.TargetConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import org.yaml.snakeyaml.Yaml;

class EffectiveSettingsTest {

  private final SettingsFixture fixture = new SettingsFixture();

  @Test
  void eachValueHasItsLayerAndOrigin() {
    Map<String, EffectiveSetting> settings = of("""
        grpc.client:
          defaults:
            deadline: 5s
            user-agent: shop
          targets.greeter:
            address: localhost:1
            user-agent: greetings
        """);

    assertThat(get(settings, "deadline"))
        .extracting(EffectiveSetting::value, EffectiveSetting::layer, EffectiveSetting::property)
        .containsExactly("5s", Layer.DEFAULTS, "grpc.client.defaults.deadline");
    assertThat(get(settings, "deadline").origin()).endsWith("3:15");
    assertThat(get(settings, "user-agent"))
        .extracting(EffectiveSetting::value, EffectiveSetting::layer, EffectiveSetting::property)
        .containsExactly("greetings", Layer.TARGET, "grpc.client.targets.greeter.user-agent");
    assertThat(get(settings, "idle.timeout"))
        .extracting(EffectiveSetting::value, EffectiveSetting::layer, EffectiveSetting::origin)
        .containsExactly("30m", Layer.LIBRARY, null);
    assertThat(settings).doesNotContainKey("authority");
  }

  @Test
  void environmentVariableIsTheOriginOfWhatItOverrides() {
    this.fixture.variables(Map.of("GRPC_CLIENT_TARGETS_ORDERSERVICE_KEEPALIVE_TIME", "70s"));
    Map<String, EffectiveSetting> settings = of("order-service", """
        grpc.client.targets.order-service:
          address: localhost:1
          keepalive.time: 20s
        """);

    assertThat(get(settings, "keepalive.time").value()).isEqualTo("70s");
    assertThat(get(settings, "keepalive.time").origin())
        .contains("GRPC_CLIENT_TARGETS_ORDERSERVICE_KEEPALIVE_TIME");
  }

  @Test
  void everyKeyIsListedWithItsOrigin() throws IOException {
    ClassPathResource file = new ClassPathResource("every-key.yml");
    String every =
        new String(file.getContentAsByteArray(), java.nio.charset.StandardCharsets.UTF_8);
    Map<String, EffectiveSetting> settings = of("grpc.client.targets.greeter:\n" + every.indent(2));

    assertThat(settings.values()).allSatisfy(setting -> {
      assertThat(setting.layer()).as(setting.key()).isEqualTo(Layer.TARGET);
      assertThat(setting.origin()).as(setting.key()).contains(":");
    });
    assertThat(SettingKeys.OF_A_TARGET.all())
        .allSatisfy(key -> assertThat(settings.keySet()).anyMatch(each -> each.startsWith(key)));
  }

  @Test
  void valuesInListsAndMapsHaveOriginsOfTheirOwn() {
    Map<String, EffectiveSetting> settings = of("""
        grpc.client:
          defaults.metadata:
            x-region: north
            x-tenant: none
          targets.greeter:
            address: localhost:1
            metadata:
              x-tenant: [one, two]
            retry.methods:
              - names: demo.Clock
                max-attempts: 4
            service-config:
              methodConfig:
                - name: [{}]
                  timeout: 3s
        """);

    assertThat(get(settings, "metadata.x-tenant").value()).isEqualTo(List.of("one", "two"));
    assertThat(get(settings, "metadata.x-tenant").origin()).endsWith("8:18");
    assertThat(get(settings, "metadata.x-region").layer()).isEqualTo(Layer.DEFAULTS);
    assertThat(get(settings, "retry.methods[0].max-attempts"))
        .extracting(EffectiveSetting::value, EffectiveSetting::property)
        .containsExactly(4, "grpc.client.targets.greeter.retry.methods[0].max-attempts");
    assertThat(get(settings, "service-config.methodConfig[0].timeout").value()).isEqualTo("3s");
    assertThat(get(settings, "service-config.methodConfig[0].timeout").origin()).endsWith("15:20");
  }

  @Test
  void passwordsTokensAndMetadataAreSecret() {
    Map<String, EffectiveSetting> settings = of("""
        grpc.client.targets.greeter:
          address: localhost:1
          metadata: { x-api-key: abc, "[x.tenant]": one }
          credentials: { bearer.token: abc, basic: { username: me, password: secret } }
          proxy: { address: "proxy.example:3128", username: me, password: secret }
          throttling: { max-tokens: 10, token-ratio: 0.5 }
          outbound.metadata.never-indexed: [x-tenant]
          deadline: 1s
        """);

    assertThat(settings.values())
        .filteredOn(EffectiveSetting::secret)
        .extracting(EffectiveSetting::key)
        .containsExactlyInAnyOrder(
            "credentials.basic.password",
            "credentials.basic.username",
            "credentials.bearer.token",
            "metadata[x.tenant]",
            "metadata.x-api-key",
            "proxy.password",
            "proxy.username");
  }

  /** A new key with a text must be looked at: it may be a secret. */
  @Test
  void textsThatAreNotSecretAreKnown() {
    Set<String> known = Set.of(
        "address",
        "authority",
        "compression",
        "credentials.bean",
        "credentials.oauth2.registration-id",
        "executor",
        "interceptors",
        "load-balancing-policy",
        "outbound.metadata.never-indexed",
        "proxy.address",
        "proxy.ssl.bundle",
        "retry.codes",
        "hedging.non-fatal-codes",
        "service-config-location",
        "ssl.bundle",
        "user-agent");
    Map<String, Object> texts = new TreeMap<>();
    SettingKeys.OF_A_TARGET.all().stream()
        .filter(SettingKeys.OF_A_TARGET::isText)
        .filter(key -> !EffectiveSettings.isSecret(key))
        .forEach(key -> texts.put(key, key));

    assertThat(known).containsAll(texts.keySet());
  }

  @Test
  void settingThatThePropertiesDoNotHaveAnyMoreHasNoOrigin() {
    TargetSettings before = new SettingsFixture()
        .yaml("grpc.client.targets.greeter: { address: 'localhost:1', deadline: 1s }")
        .settings("greeter");
    TargetSettings now = this.fixture
        .yaml("grpc.client.targets.greeter: { address: 'localhost:1', deadline: 2s }")
        .settings("greeter");

    Map<String, EffectiveSetting> settings =
        byKey(EffectiveSettings.of(before.tree(), SettingOrigins.of(now)));

    assertThat(get(settings, "deadline"))
        .extracting(EffectiveSetting::value, EffectiveSetting::layer, EffectiveSetting::origin)
        .containsExactly("1s", null, null);
    assertThat(get(settings, "address").layer()).isEqualTo(Layer.TARGET);
  }

  @Test
  void connectionDetailsAreTheOriginOfWhatTheyReplace() {
    TargetSettings settings = this.fixture.yaml("""
        grpc.client.targets.greeter:
          address: greeter.example:1
          ssl.enabled: true
          deadline: 1s
        """).settings("greeter");
    SettingOrigins origins = SettingOrigins.of(settings.with(
        new TargetConnection("greeter", "the bean 'container'", "localhost:1", null)));

    Map<String, EffectiveSetting> effective =
        byKey(EffectiveSettings.of(origins.values(), origins));

    assertThat(get(effective, "address"))
        .extracting(EffectiveSetting::value, EffectiveSetting::layer, EffectiveSetting::origin)
        .containsExactly("localhost:1", Layer.CONNECTION_DETAILS, "the bean 'container'");
    assertThat(get(effective, "ssl.enabled").value()).isEqualTo(false);
    assertThat(get(effective, "deadline").layer()).isEqualTo(Layer.TARGET);
  }

  @Test
  void keysOfOtherStartersAreOriginsOfWhatTheyBecome() {
    this.fixture.yaml("""
        spring.grpc.client.channel.orders:
          target: static://orders.example:9090
          user-agent: shop/2
        grpc.client.migration: translate
        grpc.client.prices.address: static://prices.example:9090
        """).checkedKeys();

    Map<String, EffectiveSetting> ofBoot = of("orders", "");
    Map<String, EffectiveSetting> ofNetDevh = of("prices", "");

    assertThat(get(ofBoot, "user-agent").layer()).isEqualTo(Layer.SPRING_GRPC);
    assertThat(get(ofBoot, "user-agent").origin())
        .startsWith("spring.grpc.client.channel.orders.user-agent in ");
    assertThat(get(ofBoot, "idle.timeout").origin())
        .isEqualTo("what Spring Boot's gRPC client does by default");
    assertThat(get(ofNetDevh, "address").layer()).isEqualTo(Layer.NET_DEVH);
    assertThat(get(ofNetDevh, "address").origin()).startsWith("grpc.client.prices.address");
  }

  @Test
  void defaultsOfTheLibraryAreThoseOfTheMetadata() throws IOException {
    ClassPathResource file =
        new ClassPathResource("META-INF/additional-spring-configuration-metadata.json");
    Map<String, List<Map<String, Object>>> metadata = new Yaml().load(file.getInputStream());
    Map<String, Object> documented = new TreeMap<>();
    String prefix = "grpc.client.defaults.";
    for (Map<String, Object> property : metadata.getOrDefault("properties", List.of())) {
      String name = String.valueOf(property.get("name"));
      Object value = property.get("defaultValue");
      if (name.startsWith(prefix) && value != null) {
        documented.put(name.substring(prefix.length()), value);
      }
    }

    Map<String, Object> listed = new TreeMap<>(LibraryDefaults.all());
    listed.replaceAll((key, value) ->
        value instanceof List<?> elements ? String.join(",", texts(elements)) : value);
    assertThat(listed).isEqualTo(documented);
  }

  private static List<String> texts(List<?> elements) {
    List<String> texts = new ArrayList<>();
    elements.forEach(each -> texts.add(each.toString()));
    return texts;
  }

  private Map<String, EffectiveSetting> of(String yaml) {
    return of("greeter", yaml);
  }

  private Map<String, EffectiveSetting> of(String target, String yaml) {
    TargetSettings settings = this.fixture.yaml(yaml).settings(target);
    SettingOrigins origins = SettingOrigins.of(settings);
    return byKey(EffectiveSettings.of(origins.values(), origins));
  }

  private static EffectiveSetting get(Map<String, EffectiveSetting> settings, String key) {
    return Objects.requireNonNull(settings.get(key), key);
  }

  private static Map<String, EffectiveSetting> byKey(List<EffectiveSetting> settings) {
    Map<String, EffectiveSetting> byKey = new TreeMap<>();
    settings.forEach(setting -> byKey.put(setting.key(), setting));
    return byKey;
  }
}
