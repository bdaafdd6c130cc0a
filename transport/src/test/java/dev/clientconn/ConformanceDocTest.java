// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps the conformance page honest: what it names exists, and each line names something or says why not. */
class ConformanceDocTest {

  private static final Path PAGE = Path.of("..", "docs", "conformance.md");
  private static final Path TESTS = Path.of("src", "test", "java");
  private static final Pattern REFERENCE = Pattern.compile("`(\\w+)#(\\w+)`");
  private static final Pattern CLASS = Pattern.compile("`(\\w+Test)[`#]");
  private static final Pattern ROW = Pattern.compile("\\| (T?\\d+) \\|.*");

  private static List<String> rows() throws IOException {
    return Files.readAllLines(PAGE).stream()
        .filter(line -> ROW.matcher(line).matches())
        .toList();
  }

  /** By simple name, which the house keeps unique among tests. */
  private static Map<String, String> classes() throws IOException {
    try (Stream<Path> files = Files.walk(TESTS)) {
      return files
          .map(file -> TESTS.relativize(file).toString())
          .filter(file -> file.endsWith("Test.java"))
          .map(file -> file.replace(".java", "").replace(java.io.File.separatorChar, '.'))
          .collect(Collectors.toMap(name -> name.substring(name.lastIndexOf('.') + 1), n -> n));
    }
  }

  private static Set<String> testsOf(String className) throws ClassNotFoundException {
    Set<String> names = new TreeSet<>();
    for (Class<?> c = Class.forName(className); c != null; c = c.getSuperclass()) {
      for (Method method : c.getDeclaredMethods()) {
        if (Stream.of(method.getAnnotations()).anyMatch(ConformanceDocTest::isTest)) {
          names.add(method.getName());
        }
      }
    }
    return names;
  }

  /** Ours, and those of the interop suite, which is JUnit 4's. */
  private static boolean isTest(Annotation annotation) {
    return annotation.annotationType().getSimpleName().endsWith("Test");
  }

  @Test
  void everyTestItNamesExists() throws Exception {
    Map<String, String> classes = classes();
    List<String> missing = new ArrayList<>();
    Matcher reference = REFERENCE.matcher(Files.readString(PAGE));
    int named = 0;
    while (reference.find()) {
      named++;
      String className = classes.get(reference.group(1));
      if (className == null || !testsOf(className).contains(reference.group(2))) {
        missing.add(reference.group());
      }
    }

    assertThat(missing).isEmpty();
    assertThat(named).isGreaterThan(200);
  }

  @Test
  void everyClassItNamesExists() throws Exception {
    Set<String> named = new TreeSet<>();
    CLASS.matcher(Files.readString(PAGE)).results().forEach(found -> named.add(found.group(1)));

    assertThat(classes().keySet()).containsAll(named);
  }

  @Test
  void everyLineHasATestOrAReason() throws IOException {
    assertThat(rows()).hasSizeGreaterThan(200).allSatisfy(row -> {
      String[] cells = row.split(" \\| ", -1);
      assertThat(cells).hasSize(4);
      String proof = cells[3].replace(" |", "");
      if (!proof.startsWith("none: ")) {
        assertThat(proof.replaceAll(REFERENCE.pattern(), "")).isBlank();
        assertThat(proof).isNotBlank();
      }
    });
  }

  @Test
  void idsAreNamedOnceAndInOrder() throws IOException {
    List<String> ids = rows().stream()
        .map(row -> row.split(" ", -1)[1])
        .filter(id -> id.startsWith("T"))
        .toList();

    assertThat(ids).isSorted().doesNotHaveDuplicates();
  }
}
