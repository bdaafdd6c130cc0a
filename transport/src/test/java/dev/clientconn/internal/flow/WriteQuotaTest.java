// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import org.junit.jupiter.api.Test;

class WriteQuotaTest {

  private final WriteQuota quota = new WriteQuota(100);

  @Test
  void isReadyBelowTheThreshold() {
    quota.add(99);
    assertThat(quota.isReady()).isTrue();

    quota.add(1);
    assertThat(quota.isReady()).isFalse();
  }

  @Conforms("T063")
  @Test
  void reportsOnceThatItHasBecomeReady() {
    quota.add(1000);

    assertThat(quota.subtract(900)).isFalse();
    assertThat(quota.subtract(1)).isTrue();
    assertThat(quota.subtract(1)).isFalse();
  }

  @Test
  void reportsNothingIfItWasReadyBefore() {
    quota.add(99);

    assertThat(quota.subtract(99)).isFalse();
  }

  @Conforms("T062")
  @Test
  void oneMessageMayPassTheThresholdByAnyAmount() {
    quota.add(Integer.MAX_VALUE);
    quota.add(Integer.MAX_VALUE);

    assertThat(quota.subtract(Integer.MAX_VALUE)).isFalse();
    assertThat(quota.subtract(Integer.MAX_VALUE)).isTrue();
  }
}
