// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FreeListTest {

  @Test
  void takesTheNewestFirst() {
    FreeList<String> stack = new FreeList<>(10);
    stack.add("first");
    stack.add("second");

    assertThat(stack.take()).isEqualTo("second");
    assertThat(stack.take()).isEqualTo("first");
    assertThat(stack.take()).isNull();
  }

  @Test
  void dropsWhatExceedsTheLimit() {
    FreeList<String> stack = new FreeList<>(1);
    stack.add("first");
    stack.add("second");

    assertThat(stack.size()).isEqualTo(1);
    assertThat(stack.take()).isEqualTo("first");
    assertThat(stack.size()).isZero();
  }

  @Test
  void noObjectIsTakenByTwoThreadsOrLost() throws Exception {
    FreeList<int[]> stack = new FreeList<>(Integer.MAX_VALUE);
    for (int i = 0; i < 16; i++) {
      stack.add(new int[64]);
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<Integer>> results = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int mine = t + 1;
      results.add(threads.submit(() -> takeAndAdd(stack, mine)));
    }
    for (Future<Integer> result : results) {
      assertThat(result.get(60, TimeUnit.SECONDS))
          .as("objects that two threads have")
          .isZero();
    }
    threads.shutdown();
    assertThat(stack.size()).isEqualTo(16);
  }

  private static int takeAndAdd(FreeList<int[]> stack, int mine) {
    int shared = 0;
    for (int i = 0; i < 50_000; i++) {
      int[] taken = stack.take();
      if (taken == null) {
        continue;
      }
      Arrays.fill(taken, mine);
      for (int each : taken) {
        shared += each == mine ? 0 : 1;
      }
      stack.add(taken);
    }
    return shared;
  }
}
