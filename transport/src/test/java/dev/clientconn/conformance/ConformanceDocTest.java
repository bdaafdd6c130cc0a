// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestTemplate;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Compares {@code docs/conformance.md} with its text in the test resources and the annotated tests.
 *
 * <p>With the system property {@code conformance.update} it writes the page instead.
 */
class ConformanceDocTest {

  private static final Path PAGE = Path.of("..", "docs", "conformance.md");
  private static final Path TEXT = Path.of("src", "test", "resources", "conformance.txt");
  private static final String UPDATE =
      "mvn -pl transport test -Dtest=ConformanceDocTest -Dconformance.update";

  private static ConformancePage page() throws IOException {
    return new ConformancePage(Files.readAllLines(TEXT), ConformingTests.methods());
  }

  @Test
  void everyBehaviourHasATestOrAReason() throws IOException {
    assertThat(page().mistakes()).isEmpty();
  }

  @Test
  void onlyTestsAreAnnotated() throws IOException {
    assertThat(ConformingTests.methods())
        .hasSizeGreaterThan(300)
        .allMatch(ConformanceDocTest::isTest);
  }

  @Test
  void thePageIsWhatIsGenerated() throws IOException {
    List<String> generated = new ArrayList<>(page().lines());
    generated.addAll(linksToNeighbours(Files.readAllLines(PAGE)));
    if (System.getProperty("conformance.update") != null) {
      Files.write(PAGE, generated);
    }

    assertThat(Files.readAllLines(PAGE)).as("run: " + UPDATE).isEqualTo(generated);
  }

  /** Every page ends with them, and its place among the pages is decided elsewhere. */
  private static List<String> linksToNeighbours(List<String> page) {
    int last = page.size() - 1;
    return page.get(last).startsWith("[\u2190") ? page.subList(last - 1, last + 1) : List.of();
  }

  @Test
  void aMistakeInTheTextOrInAnAnnotationIsNamed() throws Exception {
    class Annotated {
      @Conforms({"X1", "X3", "X9"})
      @SuppressWarnings("unused")
      void test() {}
    }
    Method test = Annotated.class.getDeclaredMethod("test");
    List<String> text =
        List.of("X2 | b | same", "X1 | a | same | none: r", "X3 | c | same", "X4 |");

    assertThat(new ConformancePage(text, List.of(test)).mistakes())
        .containsExactly(
            "X1 comes after X2",
            "not 'id | behaviour | here': X4 |",
            "X2 has neither a test nor a reason",
            "X1 has both",
            "X9 of [Annotated] is not in the text");
  }

  private static boolean isTest(Method method) {
    return AnnotationSupport.isAnnotated(method, Test.class)
        || AnnotationSupport.isAnnotated(method, TestTemplate.class)
        || AnnotationSupport.isAnnotated(method, TestFactory.class);
  }
}
