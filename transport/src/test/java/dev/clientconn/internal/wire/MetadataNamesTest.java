// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetadataNamesTest {

  private final MetadataNames names = new MetadataNames();

  @Test
  void aNameIsCreatedOnce() {
    AsciiString first = names.of(bytes("x-tenant"));

    assertThat(first.toString()).isEqualTo("x-tenant");
    assertThat(names.of(bytes("x-tenant")).array()).isSameAs(first.array());
  }

  @Test
  void theNumberOfCachedNamesIsLimited() {
    List<AsciiString> made = new ArrayList<>();
    for (int i = 0; i < 10 * MetadataNames.ENTRIES; i++) {
      AsciiString name = names.of(bytes("x-" + i));
      assertThat(name.toString()).isEqualTo("x-" + i);
      made.add(name);
    }

    long kept = made.stream()
        .filter(name -> names.of(name.toByteArray()).array() == name.array())
        .count();
    assertThat(kept).isLessThanOrEqualTo(MetadataNames.ENTRIES);
  }

  @Test
  void theLongestNameIsCached() {
    String name = "x".repeat(MetadataNames.MAX_LENGTH);

    assertThat(names.of(bytes(name)).array()).isSameAs(names.of(bytes(name)).array());
  }

  @Test
  void aLongNameIsNotCached() {
    String name = "x".repeat(MetadataNames.MAX_LENGTH + 1);
    AsciiString first = names.of(bytes(name));

    assertThat(first.toString()).isEqualTo(name);
    assertThat(names.of(bytes(name)).array()).isNotSameAs(first.array());
  }

  private static byte[] bytes(String name) {
    return name.getBytes(US_ASCII);
  }
}
