// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sourcetree;

import static java.util.stream.Collectors.toCollection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Lists and reads the files of the repository that this module is part of. */
final class SourceTree {

  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private SourceTree() {}

  /** The folders of all modules that have main classes, relative to the root, sorted. */
  static List<String> modules() {
    try (Stream<Path> paths = Files.find(
        ROOT, 3, (path, attributes) -> path.getFileName().toString().equals("pom.xml"))) {
      return paths
          .map(Path::getParent)
          .filter(module -> Files.isDirectory(module.resolve("src/main/java")))
          .map(module -> ROOT.relativize(module).toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The files below {@code folder} with the given ending, sorted; none if there is no such folder.
   */
  static List<Path> files(String folder, String ending) {
    Path start = ROOT.resolve(folder);
    if (!Files.isDirectory(start)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.walk(start)) {
      return List.copyOf(paths
          .filter(path -> path.toString().endsWith(ending))
          .collect(toCollection(TreeSet::new)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The way failures name a line: a path from the root, which editors and terminals link. */
  static String at(Path file, long line) {
    return ROOT.relativize(file) + ":" + line;
  }
}
