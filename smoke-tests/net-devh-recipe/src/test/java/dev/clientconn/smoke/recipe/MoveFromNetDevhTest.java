// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnJre;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks that the recipe turns the old sources into the new ones, which smoke-net-devh compiles and
 * runs. How import lines are grouped and sorted is left to the style of a project.
 */
class MoveFromNetDevhTest {

  private static final Path BEFORE = Path.of("../net-devh/before");

  private static final Path AFTER = Path.of("../net-devh");

  @Test
  void oldSourcesCompileWithTheStarterOfNetDevh(@TempDir Path output) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options = List.of("-proc:none", "-implicit:none", "-d", output.toString());
      boolean compiled = compiler
          .getTask(
              messages, files, null, options, null, files.getJavaFileObjectsFromPaths(sources()))
          .call();

      assertThat(compiled).as(messages.toString()).isTrue();
    }
  }

  /** The parser uses internals of the compiler, which are others in other versions. */
  @Test
  @EnabledOnJre(JRE.JAVA_17)
  void recipeMovesSourcesAndDependencyAndHasTheKeysTranslated() throws IOException {
    Map<Path, String> changes = Recipes.changes(BEFORE);

    for (Path source : sources()) {
      Path path = BEFORE.relativize(source);
      Path moved = AFTER.resolve(path.subpath(1, path.getNameCount()));
      String text = changes.getOrDefault(path, Files.readString(source));
      assertThat(code(text)).as(moved.toString()).isEqualTo(code(Files.readString(moved)));
      assertThat(imports(text)).isEqualTo(imports(Files.readString(moved)));
    }
    for (Path application : applications()) {
      Path pom = application.resolve("pom.xml");
      assertThat(changes.get(pom))
          .isEqualTo(Files.readString(BEFORE.resolve(pom))
              .replace("net.devh", "dev.clientconn")
              .replace("grpc-client-spring-boot-starter", "grpc-spring-boot-starter")
              .replace("3.1.0.RELEASE", "0.1.0-SNAPSHOT"));
      Path yaml = application.resolve("src/main/resources/application.yml");
      assertThat(changes.get(yaml))
          .isEqualTo(Files.readString(BEFORE.resolve(yaml)) + "    migration: translate\n");
    }
  }

  @Test
  @EnabledOnJre(JRE.JAVA_17)
  void recipeLeavesOtherFilesAlone(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("application.yml"), "spring.application.name: other\n");
    Files.writeString(folder.resolve("old.properties"), "grpc.client.a.address=static://b:1\n");
    Files.writeString(
        folder.resolve("pom.xml"),
        "<project><dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId>"
            + "<version>1</version></dependency></dependencies></project>");

    assertThat(Recipes.changes(folder))
        .isEqualTo(Map.of(
            Path.of("old.properties"),
            "grpc.client.a.address=static://b:1\ngrpc.client.migration=translate\n"));
  }

  private static List<Path> applications() throws IOException {
    try (Stream<Path> folders = Files.list(BEFORE)) {
      return folders.map(BEFORE::relativize).toList();
    }
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(BEFORE)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  private static String code(String source) {
    return source
        .lines()
        .filter(line -> !line.startsWith("import ") && !line.isBlank())
        .collect(Collectors.joining("\n"));
  }

  /** The imported names; all of ours may have become one line. */
  private static Set<String> imports(String source) {
    return source
        .lines()
        .filter(line -> line.startsWith("import "))
        .map(line -> line.replaceFirst("(dev\\.clientconn\\.boot)\\..*", "$1"))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
