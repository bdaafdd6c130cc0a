// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.boot.autoconfigure.netdevh.OldKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.io.ClassPathResource;
import org.yaml.snakeyaml.Yaml;

/**
 * Checks what an editor shows of the configuration: every key and group has a description, every
 * key a default or the word that there is none, and known values are hints.
 */
class MetadataTest {

  private static final String DEFAULTS = "grpc.client.defaults.";

  private static final Map<String, List<Map<String, Object>>> METADATA = read("spring");

  /** Prefix of keys of net.devh's starter, which are in the metadata for their new names. */
  private static final String OLD = "grpc.client.global.";

  private static final Map<String, List<Map<String, Object>>> ADDITIONAL =
      read("additional-spring");

  @Test
  void everyKeyOfTheDefaultsIsInTheMetadata() {
    List<String> keys = SettingKeys.OF_A_TARGET.all().stream()
        .filter(key -> !List.of("address", "authority").contains(key))
        .map(DEFAULTS::concat)
        .toList();

    assertThat(names(METADATA, "properties")).containsAll(keys);
  }

  /** The style of Spring Boot: sentences, of which the first does not begin with an article. */
  @ParameterizedTest
  @MethodSource("described")
  void descriptionsAreSentences(String name, String description) {
    assertThat(description).as(name).isNotNull().endsWith(".").matches("[A-Za-z].*");
    assertThat(description).as(name).doesNotMatch("(The|A|An) .*");
  }

  static Stream<Arguments> described() {
    return Stream.of("groups", "properties")
        .flatMap(kind -> list(METADATA, kind).stream())
        .map(each -> Arguments.of(each.get("name"), each.get("description")));
  }

  @ParameterizedTest
  @MethodSource("booleans")
  void descriptionsOfBooleansBeginWithWhether(String name, String description) {
    assertThat(description).as(name).startsWith("Whether ");
  }

  static Stream<Arguments> booleans() {
    return list(METADATA, "properties").stream()
        .filter(each -> "java.lang.Boolean".equals(each.get("type")))
        .map(each -> Arguments.of(each.get("name"), each.get("description")));
  }

  @Test
  void keyWithoutADefaultHasNoneOnThePage() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "configuration.md"));
    List<String> undecided = list(METADATA, "properties").stream()
        .filter(each -> !each.containsKey("defaultValue"))
        .map(each -> String.valueOf(each.get("name")))
        .filter(name -> name.startsWith(DEFAULTS))
        .map(name -> name.substring(DEFAULTS.length()))
        .filter(key -> !Pattern.compile("(?m)^\\| `" + key + "` \\| [^|]+ \\| (none|see )")
            .matcher(page)
            .find())
        .toList();

    assertThat(undecided)
        .as("keys with neither a default nor 'none' in its column")
        .isEmpty();
  }

  @Test
  void pageNamesEveryKeyThatIsNotOfATarget() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "configuration.md"));

    assertThat(names(METADATA, "properties"))
        .filteredOn(name -> !name.startsWith(DEFAULTS) && !name.startsWith(OLD))
        .allSatisfy(name -> assertThat(page).contains(name));
  }

  @Test
  void keysWithKnownValuesHaveHints() {
    Set<String> hinted = names(METADATA, "hints").stream().collect(Collectors.toSet());

    assertThat(list(METADATA, "properties"))
        .filteredOn(each -> String.valueOf(each.get("type")).startsWith("dev.clientconn")
            || String.valueOf(each.get("name")).matches("(?!" + OLD + ").*(codes|policy)"))
        .allSatisfy(each -> assertThat(hinted).contains(String.valueOf(each.get("name"))));
  }

  @Test
  void valuesOfHintsAreDescribed() {
    for (Map<String, Object> hint : list(METADATA, "hints")) {
      assertThat(list(hint, "values"))
          .as(String.valueOf(hint.get("name")))
          .allSatisfy(
              value -> assertThat(String.valueOf(value.get("description"))).endsWith("."));
    }
  }

  @Test
  void additionalMetadataAreOfKeysThereAreAndOfEachOnce() {
    for (String kind : List.of("groups", "properties", "hints")) {
      List<String> known =
          new ArrayList<>(names(METADATA, kind.equals("groups") ? "groups" : "properties"));
      known.addAll(known.stream().map(name -> name + ".keys").toList());
      assertThat(names(ADDITIONAL, kind)).as(kind).doesNotHaveDuplicates();
      assertThat(known).as(kind).containsAll(names(ADDITIONAL, kind));
    }
    assertThat(names(METADATA, "properties")).doesNotHaveDuplicates();
  }

  /** The processor does not see what only the additional metadata have. */
  @Test
  void everyPropertyHasASource() {
    assertThat(list(METADATA, "properties"))
        .filteredOn(each -> !String.valueOf(each.get("name")).startsWith(OLD))
        .allSatisfy(each -> assertThat(each).containsKeys("type", "sourceType"));
  }

  @Test
  void oldKeysOfAllClientsHaveTheirNewNames() {
    assertThat(list(METADATA, "properties"))
        .filteredOn(each -> String.valueOf(each.get("name")).startsWith(OLD))
        .hasSizeGreaterThan(10)
        .allSatisfy(each -> {
          Map<?, ?> deprecation = (Map<?, ?>) Objects.requireNonNull(each.get("deprecation"));
          assertThat(deprecation.get("level")).isEqualTo("error");
          assertThat(names(METADATA, "properties"))
              .contains(String.valueOf(deprecation.get("replacement")));
          assertThat(OldKeys.ALL)
              .contains(String.valueOf(each.get("name")).substring(OLD.length()));
        });
  }

  private static List<String> names(Map<String, List<Map<String, Object>>> metadata, String kind) {
    return list(metadata, kind).stream()
        .map(each -> String.valueOf(each.get("name")))
        .toList();
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> list(Map<String, ?> map, String key) {
    Object list = map.get(key);
    return list == null ? List.of() : (List<Map<String, Object>>) list;
  }

  private static Map<String, List<Map<String, Object>>> read(String prefix) {
    String file = "META-INF/" + prefix + "-configuration-metadata.json";
    try {
      String json = new ClassPathResource(file).getContentAsString(StandardCharsets.UTF_8);
      // JSON is YAML, except for this escape.
      return new Yaml().load(json.replace("\\/", "/"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
