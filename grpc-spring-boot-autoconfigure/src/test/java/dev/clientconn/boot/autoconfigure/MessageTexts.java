// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * Reads the texts of messages from the source code: the descriptions of statuses, warnings in the
 * log, and reasons of failed connections. What is known only at run time is {@code …} in them.
 */
final class MessageTexts {

  static final String VARIABLE = "…";

  private static final Path ROOT = Path.of("..");
  private static final int LEAST_WORDS = 3;

  private MessageTexts() {}

  /** Returns the texts that users see, and the places where they are. */
  static Map<String, String> ofMessages() throws IOException {
    return read(false);
  }

  /** Returns all strings of the code, and the places where they are. */
  static Map<String, String> ofAllStrings() throws IOException {
    return read(true);
  }

  private static Map<String, String> read(boolean allStrings) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
    List<Path> files = Stream.concat(
            sources("transport").stream(), sources("grpc-spring-boot-autoconfigure").stream())
        .toList();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task = (JavacTask) compiler.getTask(
          null, manager, null, null, null, manager.getJavaFileObjectsFromPaths(files));
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        new Scanner(unit, positions, texts, allStrings).scan(unit, null);
      }
    }
    return texts;
  }

  private static List<Path> sources(String module) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  private static final class Scanner extends TreeScanner<@Nullable Void, @Nullable Void> {

    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final Map<String, String> texts;
    private final boolean allStrings;
    private final boolean all;

    Scanner(
        CompilationUnitTree unit,
        SourcePositions positions,
        Map<String, String> texts,
        boolean allStrings) {
      this.unit = unit;
      this.positions = positions;
      this.texts = texts;
      this.allStrings = allStrings;
      this.all = allStrings || String.valueOf(unit.getPackageName()).endsWith(".connect");
    }

    @Override
    public @Nullable Void visitMethodInvocation(MethodInvocationTree call, @Nullable Void unused) {
      List<? extends ExpressionTree> arguments = call.getArguments();
      String method = name(call);
      if (arguments.size() > 1
          && method.equals("log")
          && arguments.get(0).toString().matches(".*\\.(WARNING|SEVERE)")) {
        add(arguments.get(1));
      } else if (!arguments.isEmpty()
          && List.of("withDescription", "warn", "error").contains(method)) {
        add(arguments.get(0));
      }
      return super.visitMethodInvocation(call, null);
    }

    /** Reasons of failed connections go through several methods before they are in a status. */
    @Override
    public @Nullable Void visitBinary(BinaryTree binary, @Nullable Void unused) {
      if (binary.getKind() == Tree.Kind.PLUS && (all || startsLikeMessage(binary))) {
        add(binary);
        return null;
      }
      return super.visitBinary(binary, null);
    }

    @Override
    public @Nullable Void visitLiteral(LiteralTree literal, @Nullable Void unused) {
      if (all || startsLikeMessage(literal)) {
        add(literal);
      }
      return null;
    }

    private static boolean startsLikeMessage(ExpressionTree expression) {
      return text(expression).startsWith("the server ");
    }

    private void add(ExpressionTree expression) {
      String text = text(expression);
      if (allStrings
          || text.replace(VARIABLE, " ").trim().split("\\s+", -1).length >= LEAST_WORDS) {
        long line = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, expression));
        Path file = ROOT.toAbsolutePath()
            .normalize()
            .relativize(Path.of(unit.getSourceFile().toUri()));
        texts.putIfAbsent(text, file + ":" + line);
      }
    }

    private static String text(ExpressionTree expression) {
      if (expression instanceof LiteralTree literal && literal.getValue() instanceof String text) {
        return text.replaceAll("%[\\d.]*[a-z]|\\{\\d}", VARIABLE);
      }
      if (expression instanceof ParenthesizedTree inner) {
        return text(inner.getExpression());
      }
      if (expression instanceof BinaryTree sum && sum.getKind() == Tree.Kind.PLUS) {
        return (text(sum.getLeftOperand()) + text(sum.getRightOperand()))
            .replaceAll(VARIABLE + "+", VARIABLE);
      }
      if (expression instanceof MethodInvocationTree call
          && call.getMethodSelect() instanceof MemberSelectTree select
          && name(call).equals("formatted")) {
        return text(select.getExpression());
      }
      return VARIABLE;
    }

    private static String name(MethodInvocationTree call) {
      return call.getMethodSelect() instanceof MemberSelectTree select
          ? select.getIdentifier().toString()
          : call.getMethodSelect().toString();
    }
  }
}
