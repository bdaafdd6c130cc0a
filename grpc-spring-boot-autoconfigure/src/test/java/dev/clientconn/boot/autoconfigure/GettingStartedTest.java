// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.GrpcClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * Checks the output and the imports on the page about getting started.
 * {@code .ci/getting-started} builds and runs its files, with Maven and the network.
 */
class GettingStartedTest {

  private static final Path PAGE = Path.of("..", "docs", "getting-started.md");

  private static final Path PARENT = Path.of("..", "pom.xml");

  @Test
  void configurationStartsAnApplication() throws IOException {
    String yaml = file("src/main/resources/application.yml");

    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(GrpcClientAutoConfiguration.class))
        .withInitializer(context -> StartFailure.load(context, yaml))
        .run(context -> assertThat(context)
            .hasNotFailed()
            .hasSingleBean(ClientConn.class)
            .hasBean("greeterClientConn"));
  }

  @Test
  void configurationForAnotherHostStartsAnApplication() throws IOException {
    String yaml = Files.readString(PAGE).replaceAll("(?s).*```yaml\n( {8}address.*?)```.*", "$1");

    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(GrpcClientAutoConfiguration.class))
        .withInitializer(context ->
            StartFailure.load(context, "grpc:\n  client:\n    targets:\n      greeter:\n" + yaml))
        .run(context -> assertThat(context).hasNotFailed().hasSingleBean(ClientConn.class));
  }

  @Test
  void everyTypeOfOursIsImported() throws IOException {
    Map<String, String> files = files();

    assertThat(files.values().stream()
            .filter(text -> text.contains("@GrpcClient("))
            .toList())
        .isNotEmpty()
        .allSatisfy(
            text -> assertThat(text).contains("import " + GrpcClient.class.getName() + ";"));
    assertThat(files.values().stream().flatMap(text -> imports(text).stream()))
        .contains(GrpcClient.class.getName())
        .filteredOn(name -> !name.startsWith("dev.clientconn.boot.test."))
        .allSatisfy(name -> assertThatCode(() -> Class.forName(name)).doesNotThrowAnyException());
  }

  @Test
  void versionsAreThoseOfTheBuild() throws IOException {
    String parent = Files.readString(PARENT);
    String pom = file("pom.xml");

    assertThat(pom)
        .contains("<version>" + element("spring-boot.version", parent) + "</version>")
        .contains("<version>" + element("revision", parent) + "</version>");
  }

  /** Checks imports of this library only: the project of the page has other libraries. */
  private static List<String> imports(String java) {
    return find("(?m)^import (dev\\.clientconn\\.[\\w.]+);", java).stream()
        .map(match -> match.group(1))
        .toList();
  }

  private static String file(String path) throws IOException {
    return Objects.requireNonNull(files().get(path), path);
  }

  /** Returns the blocks of code that follow a line with their path. */
  private static Map<String, String> files() throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    find("(?ms)^`([^` ]+)`\n\n```\\w+\n(.*?)^```$", Files.readString(PAGE))
        .forEach(match -> files.put(match.group(1), match.group(2)));
    assertThat(files).hasSizeGreaterThan(7);
    return files;
  }

  private static String element(String name, String xml) {
    return find("<" + name + ">(.*?)</", xml).get(0).group(1);
  }

  private static List<MatchResult> find(String regex, String text) {
    return Pattern.compile(regex).matcher(text).results().toList();
  }
}
