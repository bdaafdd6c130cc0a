// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.io.ClassPathResource;

/**
 * Compiles the Java of the README and of the pages. What a page uses without declaring it, such as
 * its generated stubs and imports, is in {@code src/test/resources/snippets}. Code that cannot be
 * compiled here, such as that of another starter, stands in a block that begins with
 * {@code ```java before}.
 */
class JavaSnippetsTest {

  private static final JavaCompiler COMPILER =
      Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());

  /** The module for tests uses this one, so its classes are taken from their sources. */
  private static final List<String> OPTIONS =
      List.of("-proc:none", "-nowarn", "-sourcepath", "../grpc-spring-boot-test/src/main/java");

  /** The tests of grpc-spring-boot-test contain its code: that module uses this one. */
  private static final String OF_THE_TEST_MODULE = "docs/testing-your-application.md";

  @Test
  void everySnippetCompiles(@TempDir Path classes) throws IOException {
    List<JavaSnippet> snippets = snippets();

    assertThat(snippets).hasSizeGreaterThan(10);
    assertThat(errors(snippets, classes)).isEmpty();
  }

  @Test
  void mistakeIsReportedWithItsPageAndLine(@TempDir Path classes) throws IOException {
    CodeBlock block =
        new CodeBlock("docs/page.md", 10, "ClientConn channel = null;\nchannel.mistake();\n");

    assertThat(errors(List.of(JavaSnippet.of(block, 0)), classes))
        .singleElement()
        .asString()
        .startsWith("docs/page.md:11: cannot find symbol")
        .contains("mistake");
  }

  private static List<JavaSnippet> snippets() throws IOException {
    List<JavaSnippet> snippets = new ArrayList<>();
    for (CodeBlock block : CodeBlock.in("java")) {
      if (!block.page().equals(OF_THE_TEST_MODULE)) {
        snippets.add(JavaSnippet.of(block, snippets.size()));
      }
    }
    return snippets;
  }

  private static List<String> errors(List<JavaSnippet> snippets, Path classes) throws IOException {
    List<JavaFileObject> sources = new ArrayList<>(snippets);
    for (String given : List.of("Greeter", "Given")) {
      sources.add(JavaSnippet.given(given, text(given + ".java.txt")));
    }
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    try (StandardJavaFileManager files = COMPILER.getStandardFileManager(null, null, null)) {
      files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
      COMPILER.getTask(null, files, diagnostics, OPTIONS, null, sources).call();
    }
    Map<String, String> errors = new TreeMap<>();
    for (Diagnostic<? extends JavaFileObject> diagnostic : diagnostics.getDiagnostics()) {
      if (diagnostic.getKind() == Diagnostic.Kind.ERROR) {
        String at = diagnostic.getSource() instanceof JavaSnippet snippet
            ? snippet.at(diagnostic.getLineNumber())
            : "";
        errors.putIfAbsent(at, at + ": " + diagnostic.getMessage(null));
      }
    }
    return List.copyOf(errors.values());
  }

  private static String text(String name) throws IOException {
    return new ClassPathResource("snippets/" + name).getContentAsString(StandardCharsets.UTF_8);
  }
}
