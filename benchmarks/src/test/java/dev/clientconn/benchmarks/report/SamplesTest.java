// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SamplesTest {

  @Test
  void theMedianOfAnEvenNumberIsTheMeanOfTheMiddleTwo() {
    assertThat(new Samples(4, 1, 2, 9).median()).isEqualTo(3);
  }

  @Test
  void aboveIsByMoreThanEitherSpread() {
    Samples base = new Samples(9, 11);

    assertThat(new Samples(11.1, 11.1).above(base)).isTrue();
    assertThat(new Samples(10.9, 10.9).above(base)).isFalse();
    assertThat(new Samples(9, 15).above(base)).isFalse();
    assertThat(new Samples(1).above(base)).isFalse();
  }

  @Test
  void withoutValuesThereIsNoMedianAndNoRatio() {
    assertThat(new Samples().plain("%.2f")).isEqualTo("-");
    assertThat(new Samples().ratioTo(new Samples(1))).isEqualTo("-");
    assertThat(new Samples(1).ratioTo(new Samples())).isEqualTo("-");
    assertThat(new Samples(1).ratioTo(new Samples(0))).isEqualTo("-");
  }
}
