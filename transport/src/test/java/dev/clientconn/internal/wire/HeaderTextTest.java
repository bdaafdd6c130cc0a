// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderTextTest {

  @Test
  void valuesArePrintableAscii() {
    assertThat(HeaderText.problemOfValue("")).isNull();
    assertThat(HeaderText.problemOfValue(" !~ ")).isNull();
    assertThat(HeaderText.problemOfValue("ab\u001f"))
        .isEqualTo("has character 0x1f at index 2: only printable ASCII can be sent");
    assertThat(HeaderText.problemOfValue("\u007f")).startsWith("has character 0x7f at index 0");
    assertThat(HeaderText.problemOfValue("a\u2028")).startsWith("has character 0x2028 at index 1");
  }

  @Test
  void wordsHaveNoSpaces() {
    assertThat(HeaderText.problemOfWord("!host:1~")).isNull();
    assertThat(HeaderText.problemOfWord("a b"))
        .isEqualTo(
            "has character 0x20 at index 1: only printable ASCII without spaces can be sent");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x-pin", "X-PIN", "a", "0", "!#$%&'*+-.^_`|~", "zZ09"})
  void namesAreTokens(String name) {
    assertThat(HeaderText.problemOfName(name)).isNull();
  }

  @ParameterizedTest
  @CsvSource({"':path', 3a, 0", "'x y', 20, 1", "xé, e9, 1", "'x\u007f', 7f, 1", "x(, 28, 1"})
  void aNameThatIsNoTokenIsRejected(String name, String character, int index) {
    assertThat(HeaderText.problemOfName(name))
        .isEqualTo("has character 0x" + character + " at index " + index
            + ": a header name cannot have it");
  }

  @Test
  void aNameIsNotEmpty() {
    assertThat(HeaderText.problemOfName("")).isEqualTo("is empty");
  }
}
