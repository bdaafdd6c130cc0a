// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import static dev.clientconn.internal.message.InboundChunkPool.CHUNK;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InboundChunkPoolTest {

  @Test
  void theChunkThatWasReturnedLastIsTakenFirst() {
    InboundChunkPool pool = new InboundChunkPool(10 * CHUNK);
    byte[] first = pool.take();
    byte[] second = pool.take();

    pool.returnChunk(first);
    pool.returnChunk(second);

    assertThat(pool.take()).isSameAs(second);
    assertThat(pool.take()).isSameAs(first);
    assertThat(pool.take()).isNotSameAs(first).isNotSameAs(second);
  }

  @Test
  void keepsNoMoreThanTheLimit() {
    InboundChunkPool pool = new InboundChunkPool(3 * CHUNK + 1);
    for (int i = 0; i < 10; i++) {
      pool.returnChunk(new byte[CHUNK]);
    }
    assertThat(pool.pooledBytes()).isEqualTo(3 * CHUNK);

    pool.take();
    pool.take();

    assertThat(pool.pooledBytes()).isEqualTo(CHUNK);
    pool.returnChunk(new byte[CHUNK]);
    assertThat(pool.pooledBytes()).isEqualTo(2 * CHUNK);
  }

  @Test
  void aPoolWithoutCapacityAllocatesChunks() {
    InboundChunkPool pool = new InboundChunkPool(CHUNK - 1);

    pool.returnChunk(pool.take());

    assertThat(pool.pooledBytes()).isZero();
    assertThat(pool.take()).hasSize(CHUNK);
  }

  @Test
  void noChunkIsTakenByTwoThreads() throws Exception {
    InboundChunkPool pool = new InboundChunkPool(8 * CHUNK);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<Integer>> results = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      byte mine = (byte) (t + 1);
      results.add(threads.submit(() -> takeAndGive(pool, mine)));
    }
    for (Future<Integer> result : results) {
      assertThat(result.get(60, TimeUnit.SECONDS))
          .as("chunks that another thread wrote to")
          .isZero();
    }
    threads.shutdown();
    assertThat(pool.pooledBytes()).isLessThanOrEqualTo(8 * CHUNK);
  }

  private static int takeAndGive(InboundChunkPool pool, byte mine) {
    int foreign = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[][] taken = new byte[1 + i % 5][];
      for (int n = 0; n < taken.length; n++) {
        taken[n] = pool.take();
        Arrays.fill(taken[n], 0, 64, mine);
      }
      for (byte[] chunk : taken) {
        for (int at = 0; at < 64; at++) {
          foreign += chunk[at] == mine ? 0 : 1;
        }
        pool.returnChunk(chunk);
      }
    }
    return foreign;
  }
}
