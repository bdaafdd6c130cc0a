// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class KeepaliveTimeTest {

  @Test
  void timesAreEqualWhereTheApplicationAskedForTheSame() {
    KeepaliveTime raised = new KeepaliveTime(Duration.ofMinutes(1));
    KeepaliveTime same = new KeepaliveTime(Duration.ofMinutes(1));
    raised.raiseAbove(raised.nanos());

    assertThat(raised.nanos()).isNotEqualTo(same.nanos());
    assertThat(raised).isEqualTo(same).hasSameHashCodeAs(same);
    assertThat(new KeepaliveTime(Duration.ofMinutes(2))).isNotEqualTo(same);
  }
}
