// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.openrewrite.ExecutionContext;
import org.openrewrite.InMemoryExecutionContext;
import org.openrewrite.Parser;
import org.openrewrite.Recipe;
import org.openrewrite.SourceFile;
import org.openrewrite.config.Environment;
import org.openrewrite.config.YamlResourceLoader;
import org.openrewrite.internal.InMemoryLargeSourceSet;
import org.openrewrite.java.JavaParser;
import org.openrewrite.properties.PropertiesParser;
import org.openrewrite.xml.XmlParser;
import org.openrewrite.yaml.YamlParser;

/** Runs the recipe of the documentation on a folder. */
final class Recipes {

  private static final Path FILE = Path.of("../../docs/rewrite-net-devh.yml");

  private Recipes() {}

  /** Returns the files that the recipe changes, by path, with their new text. */
  static Map<Path, String> changes(Path folder) throws IOException {
    ExecutionContext context = new InMemoryExecutionContext(failure -> {
      throw new AssertionError(failure);
    });
    List<SourceFile> sources = new ArrayList<>();
    parse(javaParser(), ".java", folder, context, sources);
    parse(YamlParser.builder().build(), ".yml", folder, context, sources);
    parse(PropertiesParser.builder().build(), ".properties", folder, context, sources);
    parse(XmlParser.builder().build(), ".xml", folder, context, sources);
    Map<Path, String> changed = new TreeMap<>();
    recipe()
        .run(new InMemoryLargeSourceSet(sources), context)
        .getChangeset()
        .getAllResults()
        .forEach(result -> {
          SourceFile after = result.getAfter();
          assertThat(after).isNotNull();
          changed.put(after.getSourcePath(), after.printAll());
        });
    return changed;
  }

  private static Recipe recipe() throws IOException {
    try (InputStream yaml = Files.newInputStream(FILE)) {
      Recipe recipe = Environment.builder()
          .load(new YamlResourceLoader(yaml, FILE.toUri(), new Properties()))
          .build()
          .activateRecipes("dev.clientconn.MoveFromNetDevh");
      assertThat(recipe.validateAll()).allMatch(validated -> validated.isValid());
      return recipe;
    }
  }

  private static Parser javaParser() {
    List<Path> classpath = Arrays.stream(
            System.getProperty("java.class.path").split(System.getProperty("path.separator")))
        .map(Path::of)
        .toList();
    return JavaParser.fromJavaVersion().classpath(classpath).build();
  }

  private static void parse(
      Parser parser,
      String extension,
      Path folder,
      ExecutionContext context,
      List<SourceFile> sources) {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> found =
          files.filter(file -> file.toString().endsWith(extension)).toList();
      parser.parse(found, folder, context).forEach(sources::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
