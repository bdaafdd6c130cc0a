// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.internal.channel.ProtectedTimers;
import dev.clientconn.testing.ManualClock;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SharedThreadsTest {
  private final SharedThreads shared = new SharedThreads(0);

  @Test
  void noThreadIsLeftAfterTheLastChannel() throws Exception {
    ChannelThreads first = shared.newLease(null, null);
    ChannelThreads second = shared.newLease(null, null);
    Thread worker = runOn(first);
    CountDownLatch fired = new CountDownLatch(1);
    Thread[] timer = new Thread[1];
    var unused = first
        .timers()
        .schedule(
            () -> {
              timer[0] = Thread.currentThread();
              fired.countDown();
            },
            0,
            TimeUnit.MILLISECONDS);
    assertThat(fired.await(60, TimeUnit.SECONDS)).isTrue();

    first.release().run();
    first.release().run();
    assertThat(second.timers().isShutdown())
        .as("released twice, but the second channel lives")
        .isFalse();
    second.release().run();

    for (Thread thread : List.of(worker, timer[0])) {
      thread.join(60_000);
      assertThat(thread.isAlive()).as(thread.getName()).isFalse();
    }
    assertThat(worker.getName()).startsWith("clientconn-executor-");
    assertThat(timer[0].getName()).isEqualTo("clientconn-timer");
    assertThat(worker.isDaemon() && timer[0].isDaemon()).isTrue();
  }

  @Test
  void lateTasksStillRunAfterTheLastChannel() throws Exception {
    ChannelThreads threads = shared.newLease(null, null);
    threads.release().run();
    assertThat(threads.timers().awaitTermination(60, TimeUnit.SECONDS)).isTrue();

    Thread worker = runOn(threads);
    worker.join(60_000);
    assertThat(worker.isAlive()).isFalse();

    assertThatCode(() -> threads.timers().schedule(() -> {}, 1, TimeUnit.HOURS))
        .doesNotThrowAnyException();
  }

  @Test
  void aChannelThatComesAtOnceFindsTheThreadsOfTheLast() throws Exception {
    SharedThreads lingering = new SharedThreads(TimeUnit.HOURS.toNanos(1));
    ChannelThreads first = lingering.newLease(null, null);
    Thread worker = runOn(first);
    first.release().run();

    ChannelThreads second = lingering.newLease(null, null);

    assertThat(second.timers()).isSameAs(first.timers());
    assertThat(second.timers().isShutdown()).isFalse();
    assertThat(worker.isAlive()).isTrue();
    second.timers().shutdownNow();
  }

  @Test
  void aRestartedApplicationRunsOnNoThreadOfTheOneBefore() throws Exception {
    SharedThreads lingering = new SharedThreads(TimeUnit.HOURS.toNanos(1));
    ChannelThreads first = lingering.newLease(null, null);
    Thread worker = runOn(first);
    first.release().run();
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    ClassLoader restarted = new ClassLoader(before) {};
    thread.setContextClassLoader(restarted);
    try {
      ChannelThreads second = lingering.newLease(null, null);

      assertThat(runOn(second).getContextClassLoader()).isSameAs(restarted);
      worker.join(60_000);
      assertThat(worker.isAlive()).isFalse();
      second.timers().shutdownNow();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void policiesCannotShutTheTimersDown() {
    ProtectedTimers timers = new ProtectedTimers(new ManualClock());

    assertThatThrownBy(timers::shutdown)
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("ScheduledExecutorService.shutdown");
    assertThatThrownBy(timers::shutdownNow).isInstanceOf(UnsupportedOperationException.class);
  }

  private static Thread runOn(ChannelThreads threads) throws InterruptedException {
    CountDownLatch ran = new CountDownLatch(1);
    Thread[] worker = new Thread[1];
    threads.executor().execute(() -> {
      worker[0] = Thread.currentThread();
      ran.countDown();
    });
    assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
    return worker[0];
  }
}
