// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.boot.autoconfigure.netdevh.OldKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Checks that docs/migrate-from-net-devh.md says what the translation does. */
class MigrationPageTest {

  private static final Path PAGE = Path.of("..", "docs", "migrate-from-net-devh.md");

  @Test
  void oldConfigurationBecomesTheNextBlock() throws IOException {
    List<MatchResult> pairs = Pattern.compile(
            "(?s)```yaml before\n(.*?)```(?:(?!```).)*```yaml\n(.*?)```")
        .matcher(Files.readString(PAGE))
        .results()
        .toList();

    assertThat(pairs).isNotEmpty().allSatisfy(pair -> {
      String printed = new SettingsFixture().yaml(pair.group(1)).netDevh().lines();
      assertThat(printed.indent(-4)).isEqualTo(pair.group(2));
    });
  }

  @Test
  void tableHasEveryOldKey() throws IOException {
    String page = Files.readString(PAGE);

    assertThat(OldKeys.ALL)
        .filteredOn(key -> !key.startsWith("security."))
        .allSatisfy(key -> assertThat(page).contains("`" + key + "`"));
  }
}
