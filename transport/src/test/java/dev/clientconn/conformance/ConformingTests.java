// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.conformance;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Finds the test methods that are annotated with {@link Conforms}. */
final class ConformingTests {

  private static final Path SOURCES = Path.of("src", "test", "java");

  private ConformingTests() {}

  /** Lists the annotated methods of all test classes, ordered by class and method name. */
  static List<Method> methods() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .map(file -> SOURCES.relativize(file).toString())
          .filter(file -> !file.endsWith("package-info.java"))
          .sorted()
          .map(ConformingTests::load)
          .flatMap(ConformingTests::withMembers)
          .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
          .filter(method -> method.isAnnotationPresent(Conforms.class))
          .toList();
    }
  }

  /** Loads a class without running its static initializer. */
  private static Class<?> load(String file) {
    String name = file.replace(".java", "").replace(File.separatorChar, '.');
    try {
      return Class.forName(name, false, ConformingTests.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new AssertionError(file, e);
    }
  }

  private static Stream<Class<?>> withMembers(Class<?> type) {
    return Stream.concat(
        Stream.of(type),
        Arrays.stream(type.getDeclaredClasses()).flatMap(ConformingTests::withMembers));
  }
}
