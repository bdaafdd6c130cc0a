// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ShutdownLatchTest {

  private final ShutdownLatch latch = new ShutdownLatch();

  @Test
  void eachWayToEndIsBegunOnceAndTheHarderOneIsPossibleAfterTheOther() {
    assertThat(latch.isBegun()).isFalse();
    assertThat(latch.begin()).isTrue();
    assertThat(latch.begin()).isFalse();
    assertThat(latch.beginNow()).isTrue();
    assertThat(latch.beginNow()).isFalse();
    assertThat(latch.begin()).isFalse();
    assertThat(latch.isBegun()).isTrue();
  }

  @Test
  void aThreadThatWaitsBeforeTheEndIsWoken() throws Exception {
    assertThat(latch.await(0, TimeUnit.NANOSECONDS)).isFalse();
    CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> {
      try {
        return latch.await(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });

    latch.terminate();

    assertThat(waiting.get(1, TimeUnit.MINUTES)).isTrue();
  }

  @Test
  void whoWaitsAfterTheEndDoesNotWait() throws Exception {
    latch.terminate();

    assertThat(latch.await(0, TimeUnit.NANOSECONDS)).isTrue();
    assertThat(latch.isTerminated()).isTrue();
  }
}
