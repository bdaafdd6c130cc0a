// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.flow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WindowTest {

  @Test
  void opensUpToTheLargestWindowAndNotBeyond() {
    Window window = new Window(Window.INITIAL);

    assertThat(window.tryIncrease(Window.MAX - Window.INITIAL)).isTrue();
    assertThat(window.tryIncrease(1)).isFalse();

    assertThat(window.available()).isEqualTo(Window.MAX);
  }

  @Test
  void aRefusedIncreaseChangesNothing() {
    Window window = new Window(10);

    assertThat(window.tryIncrease(0xFFFF_FFFFL)).isFalse();

    assertThat(window.size()).isEqualTo(10);
  }

  @Test
  void nothingIsAvailableBelowZero() {
    Window window = new Window(10);
    window.consume(15);

    assertThat(window.size()).isEqualTo(-5);
    assertThat(window.available()).isZero();
    assertThat(window.tryIncrease(6)).isTrue();
    assertThat(window.available()).isEqualTo(1);
  }
}
