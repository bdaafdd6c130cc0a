// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sourcetree;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Fails when two classes of a module, main or test, have the same simple name. */
class SimpleNamesTest {

  @ParameterizedTest
  @MethodSource("dev.clientconn.sourcetree.SourceTree#modules")
  void noTwoClassesOfAModuleHaveTheSameSimpleName(String module) {
    List<Path> files = SourceTree.files(module + "/src", ".java");
    Map<String, List<Path>> byName =
        files.stream().collect(groupingBy(file -> file.getFileName().toString(), toList()));
    byName.remove("package-info.java");
    byName.values().removeIf(same -> same.size() == 1);

    assertThat(files).isNotEmpty();
    assertThat(byName).isEmpty();
  }
}
