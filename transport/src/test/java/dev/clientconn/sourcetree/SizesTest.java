// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sourcetree;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Fails on main classes and methods that have grown beyond what one reads at a sitting. */
class SizesTest {

  private static final int CLASS_LINES = 400;
  private static final int METHOD_LINES = 40;

  private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();

  @ParameterizedTest
  @MethodSource("dev.clientconn.sourcetree.SourceTree#modules")
  void mainClassesHaveFewerThanFourHundredLines(String module) {
    List<Path> files = SourceTree.files(module + "/src/main/java", ".java");

    assertThat(files)
        .isNotEmpty()
        .allSatisfy(file -> assertThat(SourceTree.lines(file))
            .as(SourceTree.at(file, 1))
            .hasSizeLessThan(CLASS_LINES));
  }

  @ParameterizedTest
  @MethodSource("dev.clientconn.sourcetree.SourceTree#modules")
  void mainMethodsHaveFewerThanFortyLines(String module) throws IOException {
    List<Path> files = SourceTree.files(module + "/src/main/java", ".java");
    List<String> longer = new ArrayList<>();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task = (JavacTask) compiler.getTask(
          null, manager, null, null, null, manager.getJavaFileObjectsFromPaths(files));
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        new MethodLines(unit, positions, longer).scan(unit, null);
      }
    }

    assertThat(files).isNotEmpty();
    assertThat(longer).isEmpty();
  }

  /** Counts from the first annotation or modifier to the closing brace. */
  private static final class MethodLines extends TreeScanner<@Nullable Void, @Nullable Void> {

    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final List<String> longer;

    private MethodLines(CompilationUnitTree unit, SourcePositions positions, List<String> longer) {
      this.unit = unit;
      this.positions = positions;
      this.longer = longer;
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, @Nullable Void unused) {
      LineMap lines = unit.getLineMap();
      long first = lines.getLineNumber(positions.getStartPosition(unit, method));
      long last = lines.getLineNumber(positions.getEndPosition(unit, method));
      if (last - first + 1 >= METHOD_LINES) {
        longer.add("%s: %s has %d lines"
            .formatted(
                SourceTree.at(Path.of(unit.getSourceFile().toUri()), first),
                method.getName(),
                last - first + 1));
      }
      return super.visitMethod(method, null);
    }
  }
}
