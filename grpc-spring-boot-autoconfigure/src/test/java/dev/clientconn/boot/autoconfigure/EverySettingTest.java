// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.BeanWrapper;
import org.springframework.beans.BeanWrapperImpl;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;

/**
 * Checks every key of a target by the values of {@code every-key.yml}, so that a new key needs a
 * value there and no test of its own for binding and inheritance.
 */
class EverySettingTest {

  private static final String TARGET = "grpc.client.targets.greeter.";

  private static final String DEFAULTS = "grpc.client.defaults.";

  private static final List<String> PERSONAL = List.of("address", "authority");

  private final StandardEnvironment environment = new StandardEnvironment();

  private final Map<String, String> values = values();

  @Test
  void fileHasAValueOfEveryKey() {
    assertThat(SettingKeys.OF_A_TARGET.all())
        .allSatisfy(
            key -> assertThat(this.values.keySet()).anyMatch(each -> (each + ".").startsWith(key)));
    assertThat(SettingKeys.OF_A_TARGET.elements())
        .allSatisfy(key -> assertThat(this.values).containsKey(key));
  }

  @Test
  void everyKeyBinds() {
    add(TARGET, this.values);

    BeanWrapper bound = new BeanWrapperImpl(settings());

    this.values.forEach((key, text) ->
        assertThat(bound.getPropertyValue(path(key))).as(key).isEqualTo(converted(bound, key)));
  }

  @Test
  void everyKeyOfTheDefaultsIsInherited() {
    Map<String, String> defaults = new TreeMap<>(this.values);
    defaults.keySet().removeAll(PERSONAL);
    add(DEFAULTS, defaults);
    add(TARGET, Map.of("address", "localhost:1"));

    BeanWrapper inherited = new BeanWrapperImpl(settings());

    defaults.forEach((key, text) -> assertThat(inherited.getPropertyValue(path(key)))
        .as(key)
        .isEqualTo(converted(inherited, key)));
  }

  @Test
  void keyThatNothingSetsIsLeftToTheBuilder() {
    add(TARGET, Map.of("address", "localhost:1"));

    BeanWrapper values = new BeanWrapperImpl(settings());

    assertThat(SettingKeys.OF_A_TARGET.all())
        .filteredOn(key -> !key.equals("address"))
        .allSatisfy(key -> assertThat(values.getPropertyValue(path(key))).isNull());
  }

  @Test
  void durationsWithoutAUnitAreSeconds() {
    Map<String, String> bare = new TreeMap<>(this.values);
    BeanWrapper types = bind(this.values);
    bare.replaceAll((key, text) -> isDuration(types, key) ? "18" : text);
    add(TARGET, bare);

    BeanWrapper bound = new BeanWrapperImpl(settings());

    assertThat(bare.keySet())
        .filteredOn(key -> isDuration(types, key))
        .hasSizeGreaterThan(10)
        .allSatisfy(
            key -> assertThat(bound.getPropertyValue(path(key))).isEqualTo(Duration.ofSeconds(18)));
  }

  private BeanWrapper bind(Map<String, String> values) {
    add(TARGET, values);
    return new BeanWrapperImpl(settings());
  }

  private static boolean isDuration(BeanWrapper types, String key) {
    return types.getPropertyType(path(key)) == Duration.class;
  }

  private @Nullable Object converted(BeanWrapper bound, String key) {
    TypeDescriptor type = Objects.requireNonNull(bound.getPropertyTypeDescriptor(path(key)), key);
    Object text = this.values.get(key);
    return ApplicationConversionService.getSharedInstance()
        .convert(text, TypeDescriptor.forObject(text), type);
  }

  private GrpcClientProperties.Target settings() {
    return SettingsFixture.all(this.environment).settings("greeter").values();
  }

  private void add(String prefix, Map<String, String> values) {
    Map<String, Object> prefixed = new TreeMap<>();
    values.forEach((key, value) -> prefixed.put(prefix + key, value));
    this.environment.getPropertySources().addFirst(new MapPropertySource(prefix, prefixed));
  }

  private static Map<String, String> values() {
    YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
    yaml.setResources(new ClassPathResource("every-key.yml"));
    Map<String, String> values = new TreeMap<>();
    Objects.requireNonNull(yaml.getObject())
        .forEach((key, value) -> values.put(key.toString(), value.toString()));
    return values;
  }

  /** Returns the path of a key in the properties class: its parts are in lower camel case. */
  private static String path(String key) {
    return Pattern.compile("-(.)")
        .matcher(key)
        .replaceAll(dash -> dash.group(1).toUpperCase(Locale.ROOT))
        .replaceFirst("^metadata\\.[^\\[]*", "metadata[x-tenant]")
        .replaceFirst("^serviceConfig\\.(.*)", "serviceConfig[$1]");
  }
}
