// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateNamesTest {
  private final CertificateNames names = new CertificateNames(
      List.of("greeter.example", "*.pods.example"),
      List.of(new byte[] {10, 0, 0, 1}, new byte[16]));

  @Conforms("T083")
  @ParameterizedTest
  @ValueSource(
      strings = {"greeter.example", "Greeter.EXAMPLE", "a.pods.example", "10.0.0.1", "::", "0:0::0"
      })
  void matchesItsNamesAndOneLabelForAWildcard(String host) {
    assertThat(names.include(host)).isTrue();
  }

  @Conforms("T083")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "example",
        "other.example",
        "a.greeter.example",
        "pods.example",
        ".pods.example",
        "*.pods.example.",
        "a.b.pods.example",
        "xpods.example",
        "10.0.0.2",
        "::1",
        ""
      })
  void matchesNothingElse(String host) {
    assertThat(names.include(host)).isFalse();
  }

  @Test
  void anAddressDoesNotMatchAName() {
    assertThat(new CertificateNames(List.of("10.0.0.1"), List.of()).include("10.0.0.1"))
        .isFalse();
  }

  @Test
  void toStringListsNamesAndAddresses() {
    assertThat(names).hasToString("greeter.example, *.pods.example, 10.0.0.1, ::");
    assertThat(new CertificateNames(List.of(), List.of())).hasToString("none");
  }
}
