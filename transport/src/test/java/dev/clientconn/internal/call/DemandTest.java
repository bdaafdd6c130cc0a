// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DemandTest {

  private final Demand demand = new Demand();

  @Test
  void givesWhatWasRequestedAndNoMore() {
    assertThat(demand.add(1)).isFalse();
    assertThat(demand.add(1)).isFalse();

    assertThat(demand.take()).isTrue();
    assertThat(demand.take()).isTrue();
    assertThat(demand.exists()).isFalse();
    assertThat(demand.take()).isFalse();
  }

  @Test
  void addReturnsWhetherAMessageWaitsForDemand() {
    assertThat(demand.take()).isFalse();
    assertThat(demand.take()).isFalse();

    assertThat(demand.add(2)).isTrue();
    assertThat(demand.add(1)).isFalse();

    for (int i = 0; i < 3; i++) {
      assertThat(demand.take()).isTrue();
    }
    assertThat(demand.take()).isFalse();
  }

  @Test
  void askingForMoreThanCanBeCountedIsAskingForAll() {
    demand.add(3);
    demand.add(Integer.MAX_VALUE);
    demand.add(Integer.MAX_VALUE);

    assertThat(demand.take()).isTrue();
    assertThat(demand.add(1)).isFalse();
    assertThat(demand.exists()).isTrue();
  }

  @Test
  void aWaitingMessageIsOneOfAllThatAreRequested() {
    demand.take();

    assertThat(demand.add(Integer.MAX_VALUE)).isTrue();
    assertThat(demand.take()).isTrue();
    assertThat(demand.take()).isTrue();
  }
}
