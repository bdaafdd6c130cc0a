// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sourcetree;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Fails on lines that are too long; the formatter wraps code, but neither comments nor strings. */
class ColumnsTest {

  private static final int COLUMNS = 100;

  /** Cannot be wrapped. */
  private static final Pattern IMPORT = Pattern.compile("import (static )?[\\w.]+(\\.\\*)?;");

  @ParameterizedTest
  @MethodSource("dev.clientconn.sourcetree.SourceTree#modules")
  void noLineOfJavaHasMoreThanAHundredColumns(String module) {
    List<Path> files = SourceTree.files(module + "/src", ".java");
    List<String> longer = new ArrayList<>();
    for (Path file : files) {
      List<String> lines = SourceTree.lines(file);
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i);
        int columns = line.codePointCount(0, line.length());
        if (columns > COLUMNS && !IMPORT.matcher(line).matches()) {
          longer.add("%s has %d columns".formatted(SourceTree.at(file, i + 1L), columns));
        }
      }
    }

    assertThat(files).isNotEmpty();
    assertThat(longer).isEmpty();
  }
}
