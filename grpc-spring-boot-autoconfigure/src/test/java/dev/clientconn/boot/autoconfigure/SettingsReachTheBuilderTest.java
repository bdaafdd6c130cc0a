// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.BuilderOptions;
import dev.clientconn.ClientConnBuilder;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.core.io.ClassPathResource;

/**
 * Removes one key after the other from {@code every-key.yml}, which must change what the builder
 * gets, or fail.
 */
class SettingsReachTheBuilderTest {

  private static final Executor CALLBACKS = Runnable::run;

  private static final TlsConfigurer TLS =
      new TlsConfigurer(new DefaultSslBundleRegistry("corporate", SslBundle.of(null)));

  /** Keys that other classes apply, and switches that repeat what another key says. */
  private static final List<String> ELSEWHERE = List.of(
      "connect\\.(mode|required-timeout)",
      "credentials\\..*",
      "executor",
      "health\\..*",
      "interceptors\\[\\d]",
      "keepalive.enabled",
      "proxy.enabled",
      "shutdown\\..*",
      "ssl\\..*");

  /** A method is retried or hedged, not both. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "hedging\\..*",
        "retry\\.(max-attempts|initial-backoff|max-backoff|multiplier|codes|methods).*"
      })
  void everyKeyReachesTheBuilder(String otherPolicy) {
    Map<String, String> all = values();
    all.keySet().removeIf(Pattern.compile(otherPolicy).asMatchPredicate());
    Object everything = BuilderOptions.of(builder(all));
    List<String> lost = new ArrayList<>();

    for (String key : all.keySet()) {
      Map<String, String> fewer = new TreeMap<>(all);
      fewer.remove(key);
      if (everything.equals(optionsOf(fewer))) {
        lost.add(key);
      }
    }

    // Equal options show that the comparison can find a lost key.
    assertThat(lost)
        .contains("ssl.enabled")
        .allMatch(key -> ELSEWHERE.stream().anyMatch(key::matches));
  }

  private static Object optionsOf(Map<String, String> values) {
    try {
      return BuilderOptions.of(builder(values));
    } catch (RuntimeException refused) {
      return refused;
    }
  }

  private static ClientConnBuilder builder(Map<String, String> values) {
    List<String> pairs = new ArrayList<>();
    values.forEach((key, value) -> {
      pairs.add("grpc.client.targets.greeter." + key);
      pairs.add(value);
    });
    TargetSettings settings =
        new SettingsFixture().properties(pairs.toArray(String[]::new)).settings("greeter");
    ClientConnBuilder builder = ClientConnBuilder.forTarget(settings.address());
    new SettingsMapper(settings, builder).apply();
    new ProxyMapper(settings, builder, TLS).apply();
    new ServiceConfigMapper(settings, builder).apply();
    DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
    beans.registerSingleton("callbacks", CALLBACKS);
    new CallDefaultsMapper(settings, builder)
        .apply(
            null,
            new CodecRegistries(
                beans.getBeanProvider(CompressorRegistry.class),
                beans.getBeanProvider(DecompressorRegistry.class)),
            new BeanReferences(beans),
            null);
    return builder;
  }

  private static Map<String, String> values() {
    YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
    yaml.setResources(new ClassPathResource("every-key.yml"));
    Map<String, String> values = new TreeMap<>();
    Objects.requireNonNull(yaml.getObject())
        .forEach((key, value) -> values.put(key.toString(), value.toString()));
    return values;
  }
}
