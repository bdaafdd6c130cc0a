// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class WorkerPoolTest {

  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final WorkerPool pool = new WorkerPool(task -> {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    threads.add(thread);
    return thread;
  });

  WorkerPoolTest() {
    pool.keepAlive(TimeUnit.SECONDS.toNanos(60));
  }

  @AfterEach
  void noThreadStays() throws InterruptedException {
    pool.keepAlive(0);
    for (Thread thread : threads) {
      thread.join(60_000);
      assertThat(thread.isAlive()).isFalse();
    }
  }

  @Test
  void everyTaskRunsOnceWhoeverSubmitsIt() throws InterruptedException {
    int producers = 4;
    int each = 20_000;
    AtomicInteger[] runs = new AtomicInteger[producers * each];
    CountDownLatch done = new CountDownLatch(runs.length);
    for (int p = 0; p < producers; p++) {
      int first = p * each;
      Thread producer = new Thread(() -> {
        for (int i = first; i < first + each; i++) {
          AtomicInteger count = new AtomicInteger();
          runs[i] = count;
          pool.execute(() -> {
            count.incrementAndGet();
            done.countDown();
          });
        }
      });
      producer.start();
    }

    assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(runs).allMatch(count -> count.get() == 1);
  }

  @Test
  void tasksThatBlockDoNotHoldUpTheOneTheyWaitFor() throws InterruptedException {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch blocked = new CountDownLatch(50);
    for (int i = 0; i < 50; i++) {
      pool.execute(() -> {
        awaitQuietly(release);
        blocked.countDown();
      });
    }

    pool.execute(release::countDown);

    assertThat(blocked.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void idleThreadsAreUsedAgain() throws InterruptedException {
    for (int i = 0; i < 500; i++) {
      CountDownLatch ran = new CountDownLatch(1);
      pool.execute(ran::countDown);
      assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
    }

    assertThat(threads).hasSizeLessThan(10);
  }

  @Test
  void aBurstOfShortTasksNeedsFewThreads() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(2_000);
    for (int i = 0; i < 2_000; i++) {
      pool.execute(done::countDown);
    }

    assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(threads).hasSizeLessThan(200);
  }

  @Test
  void aTaskThatThrowsDoesNotEndItsThreadsWork() throws InterruptedException {
    ConcurrentLinkedQueue<String> ran = new ConcurrentLinkedQueue<>();
    CountDownLatch done = new CountDownLatch(1);
    pool.execute(() -> {
      throw new IllegalStateException("thrown by the test");
    });
    pool.execute(() -> {
      ran.add("after");
      done.countDown();
    });

    assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(ran).containsExactly("after");
  }

  @Test
  void withoutKeepAliveTasksStillRun() throws InterruptedException {
    pool.keepAlive(0);
    for (int i = 0; i < 100; i++) {
      CountDownLatch ran = new CountDownLatch(1);
      pool.execute(ran::countDown);
      assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void noThreadOutlivesAChangeOfTheKeepAlive() throws InterruptedException {
    long minute = TimeUnit.SECONDS.toNanos(60);
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch ran = new CountDownLatch(1);
    pool.execute(() -> {
      busy.countDown();
      awaitQuietly(release);
    });
    assertThat(busy.await(60, TimeUnit.SECONDS)).isTrue();
    pool.execute(ran::countDown);
    assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
    List<Thread> before = List.copyOf(threads);

    pool.keepAlive(0);
    pool.keepAlive(minute);
    release.countDown();

    for (Thread thread : before) {
      thread.join(60_000);
      assertThat(thread.isAlive()).isFalse();
    }
    CountDownLatch next = new CountDownLatch(1);
    pool.execute(next::countDown);
    assertThat(next.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(threads).hasSizeGreaterThan(before.size());
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
