// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Makes a source file of a block of Java, which keeps the block's lines. */
final class JavaSnippet extends SimpleJavaFileObject {

  private static final JavaCompiler COMPILER =
      Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
  private static final Pattern IMPORT = Pattern.compile("(?m)^import .*;");

  /** What a block may use without an import; an import of the block takes precedence. */
  private static final String IMPORTS = Stream.of(
          "com.example.greeter.*",
          "com.example.greeter.GreeterGrpc.*",
          "dev.clientconn.*",
          "dev.clientconn.boot.*",
          "dev.clientconn.transport.*",
          "io.grpc.*",
          "io.grpc.stub.*",
          "io.grpc.util.*",
          "io.grpc.util.AdvancedTlsX509TrustManager.Verification",
          "java.io.*",
          "java.nio.file.*",
          "java.time.*",
          "java.util.*",
          "java.util.concurrent.*",
          "org.junit.jupiter.api.*",
          "org.springframework.beans.factory.*",
          "org.springframework.beans.factory.annotation.*",
          "org.springframework.boot.autoconfigure.*",
          "org.springframework.boot.test.context.*",
          "org.springframework.context.annotation.*",
          "org.springframework.core.annotation.Order",
          "org.springframework.stereotype.*")
      .map(name -> "import " + name + ";")
      .collect(Collectors.joining(" "));

  /** What a block may be, in the order in which it is tried. */
  private static final List<UnaryOperator<String>> FORMS = List.of(
      types -> types,
      statements -> "class Snippet extends snippets.Given { void run() throws Exception { "
          + statements + "\n} }",
      members -> "class Snippet extends snippets.Given { " + members + "\n}",
      expression -> "class Snippet extends snippets.Given { Object value() throws Exception {"
          + " return " + expression + "\n; } }",
      arguments ->
          "class Snippet extends snippets.Given { Object value = Map.of(" + arguments + "\n); }");

  private final CodeBlock block;
  private final String source;

  private JavaSnippet(CodeBlock block, String path, String source) {
    super(URI.create("string:///" + path + ".java"), Kind.SOURCE);
    this.block = block;
    this.source = source;
  }

  /** Returns the first form of the block that can be parsed. */
  static JavaSnippet of(CodeBlock block, int number) {
    String text = block.text();
    if (text.startsWith("package ")) {
      return new JavaSnippet(block, "snippet" + number, text);
    }
    String imports = IMPORT
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.joining(" ", IMPORTS + " ", " "));
    String body = IMPORT.matcher(text).replaceAll("");
    String head = "package snippets.n" + number + "; " + imports;
    return FORMS.stream()
        .map(form -> new JavaSnippet(block, "snippet" + number, head + form.apply(body)))
        .filter(JavaSnippet::parses)
        .findFirst()
        .orElseThrow(() -> new AssertionError(block.at()
            + ": neither types, statements, members, an expression nor arguments in Java"));
  }

  /** Returns a file that the blocks use. */
  static JavaSnippet given(String name, String source) {
    return new JavaSnippet(new CodeBlock("snippets/" + name, 1, source), name, source);
  }

  /** Names a line of the source by its place in the page. */
  String at(long line) {
    return block.at(line);
  }

  @Override
  public CharSequence getCharContent(boolean ignoreEncodingErrors) {
    return source;
  }

  /** A block may declare any public class. */
  @Override
  public boolean isNameCompatible(String simpleName, Kind kind) {
    return true;
  }

  private boolean parses() {
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    try {
      ((JavacTask) COMPILER.getTask(
              null, null, diagnostics, List.of("--release", "17"), null, List.of(this)))
          .parse();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return diagnostics.getDiagnostics().stream()
        .noneMatch(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR);
  }
}
