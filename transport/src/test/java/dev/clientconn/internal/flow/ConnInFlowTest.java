// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import org.junit.jupiter.api.Test;

class ConnInFlowTest {

  private final ConnInFlow flow = new ConnInFlow(1000);

  @Conforms("T032")
  @Test
  void returnsArrivedBytesInQuarters() {
    assertThat(flow.received(249)).isTrue();
    assertThat(flow.takeCredit()).isZero();
    assertThat(flow.received(1)).isTrue();

    assertThat(flow.takeCredit()).isEqualTo(250);
    assertThat(flow.takeCredit()).isZero();
    assertThat(flow.available()).isEqualTo(1000);
  }

  @Conforms("T034")
  @Test
  void detectsMoreBytesThanTheWindowAllows() {
    assertThat(flow.received(1000)).isTrue();
    assertThat(flow.available()).isZero();

    assertThat(flow.received(1)).isFalse();
  }

  @Test
  void countsWithoutOverflow() {
    ConnInFlow large = new ConnInFlow(Window.MAX);
    assertThat(large.received(Window.MAX)).isTrue();

    assertThat(large.received(Window.MAX)).isFalse();
    assertThat(large.available()).isEqualTo(-(long) Window.MAX);
  }

  @Test
  void aLimitIsRaisedAndNeverLowered() {
    assertThat(flow.raiseTo(5000)).isEqualTo(4000);
    assertThat(flow.raiseTo(1)).isZero();

    assertThat(flow.available()).isEqualTo(5000);
  }
}
