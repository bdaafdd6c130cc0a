// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DemandExecutorTest {

  private final DemandExecutor executor = new DemandExecutor(Runnable::run) {
    @Override
    void runTask(Task task) {}

    @Override
    void onRejected(Throwable cause) {}

    @Override
    void onFailed(Throwable cause) {}
  };

  @Test
  void givesWhatWasRequestedAndNoMore() {
    assertThat(executor.countDemand(1)).isFalse();
    assertThat(executor.countDemand(1)).isFalse();

    assertThat(executor.takeDemand()).isTrue();
    assertThat(executor.takeDemand()).isTrue();
    assertThat(executor.hasDemand()).isFalse();
    assertThat(executor.takeDemand()).isFalse();
  }

  @Test
  void addReturnsWhetherAMessageWaitsForDemand() {
    assertThat(executor.takeDemand()).isFalse();
    assertThat(executor.takeDemand()).isFalse();

    assertThat(executor.countDemand(2)).isTrue();
    assertThat(executor.countDemand(1)).isFalse();

    for (int i = 0; i < 3; i++) {
      assertThat(executor.takeDemand()).isTrue();
    }
    assertThat(executor.takeDemand()).isFalse();
  }

  @Test
  void askingForMoreThanCanBeCountedIsAskingForAll() {
    executor.countDemand(3);
    executor.countDemand(Integer.MAX_VALUE);
    executor.countDemand(Integer.MAX_VALUE);

    assertThat(executor.takeDemand()).isTrue();
    assertThat(executor.countDemand(1)).isFalse();
    assertThat(executor.hasDemand()).isTrue();
  }

  @Test
  void stoppedDemandIsNoneWhateverIsRequested() {
    executor.countDemand(Integer.MAX_VALUE);
    executor.stopDemand();

    assertThat(executor.countDemand(1)).isFalse();
    assertThat(executor.takeDemand()).isFalse();
    assertThat(executor.hasDemand()).isFalse();
    assertThat(executor.isStarved()).isFalse();
  }

  @Test
  void messagesThatWaitedForStoppedDemandWaitForGood() {
    executor.takeDemand();
    executor.stopDemand();
    executor.stopDemand();

    assertThat(executor.countDemand(1)).isFalse();
    assertThat(executor.isStarved()).isTrue();
  }

  @Test
  void aWaitingMessageIsOneOfAllThatAreRequested() {
    executor.takeDemand();

    assertThat(executor.countDemand(Integer.MAX_VALUE)).isTrue();
    assertThat(executor.takeDemand()).isTrue();
    assertThat(executor.takeDemand()).isTrue();
  }
}
