// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import org.junit.jupiter.api.Test;

class InFlowTest {

  private final InFlow flow = new InFlow(1000);

  @Test
  void acceptsTheWholeWindowAndNoByteMore() {
    assertThat(flow.received(1000)).isTrue();
    assertThat(flow.available()).isZero();

    assertThat(flow.received(1)).isFalse();
  }

  @Test
  void readBytesDoNotOpenTheWindowBeforeTheyAreCredited() {
    assertThat(flow.received(1000)).isTrue();
    assertThat(flow.consumed(249)).isZero();

    assertThat(flow.available()).isZero();
    assertThat(flow.received(1)).isFalse();
  }

  @Conforms("T039")
  @Test
  void creditComesInQuarters() {
    assertThat(flow.received(1000)).isTrue();

    assertThat(flow.consumed(249)).isZero();
    assertThat(flow.consumed(1)).isEqualTo(250);
    assertThat(flow.consumed(750)).isEqualTo(750);
    assertThat(flow.available()).isEqualTo(1000);
  }

  @Test
  void grantsOnlyWhatIsMissing() {
    assertThat(flow.grant(1000)).isZero();
    assertThat(flow.grant(1500)).isEqualTo(500);
    assertThat(flow.grant(1500)).isZero();

    assertThat(flow.received(1500)).isTrue();
    assertThat(flow.received(1)).isFalse();
  }

  @Test
  void aGrantIsDeductedFromTheNextCredit() {
    assertThat(flow.grant(1500)).isEqualTo(500);
    assertThat(flow.received(1500)).isTrue();

    assertThat(flow.consumed(500)).isZero();
    assertThat(flow.available()).isZero();
    assertThat(flow.consumed(1000)).isEqualTo(1000);
    assertThat(flow.available()).isEqualTo(1000);
  }

  @Conforms("T040")
  @Test
  void grantsNeverPassTheLargestWindow() {
    InFlow large = new InFlow(Window.MAX - 10);
    assertThat(large.received(5)).isTrue();

    assertThat(large.grant(Window.MAX)).isEqualTo(10);
    assertThat(large.available()).isLessThanOrEqualTo(Window.MAX);
  }

  @Test
  void grantsTogetherNeverPassTheLargestWindow() {
    InFlow large = new InFlow(Window.MAX - 10);
    assertThat(large.grant(Window.MAX - 4)).isEqualTo(6);
    assertThat(large.received(100)).isTrue();

    assertThat(large.grant(Window.MAX)).isEqualTo(4);
  }

  @Test
  void aLimitIsRaisedAndNeverLowered() {
    assertThat(flow.raiseTo(1200)).isEqualTo(200);
    assertThat(flow.raiseTo(1100)).isZero();

    assertThat(flow.available()).isEqualTo(1200);
  }

  @Test
  void aByteBeyondTheLargestWindowIsTooMuchToo() {
    InFlow largest = new InFlow(Window.MAX);
    assertThat(largest.received(Window.MAX)).isTrue();
    assertThat(largest.consumed(10)).isZero();

    assertThat(largest.available()).isZero();
    assertThat(largest.received(1)).isFalse();
  }
}
