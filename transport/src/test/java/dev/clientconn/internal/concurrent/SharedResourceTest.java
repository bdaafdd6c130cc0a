// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SharedResourceTest {

  private final ManualClock clock = new ManualClock();
  private final List<String> ended = new ArrayList<>();
  private int made;
  private int looks;
  private boolean refusing;
  private final SharedResource<String> lingering =
      new SharedResource<>(new Threads(), Duration.ofSeconds(1).toNanos(), clock::nanoTime);

  @Test
  void theyEndALittleAfterTheLastUser() {
    String first = lingering.acquire();
    assertThat(lingering.acquire()).isSameAs(first);
    lingering.release();
    clock.advance(Duration.ofHours(1));
    assertThat(looks).as("looks while there is a user").isZero();
    lingering.release();

    clock.advance(Duration.ofMillis(999));
    assertThat(ended).isEmpty();
    clock.advance(Duration.ofMillis(1));
    assertThat(ended).containsExactly(first);
    assertThat(clock.pendingTimers()).isZero();
    assertThat(lingering.acquire()).isNotEqualTo(first);
  }

  @Test
  void whoComesBeforeKeepsThem() {
    String first = lingering.acquire();
    lingering.release();
    clock.advance(Duration.ofMillis(900));

    assertThat(lingering.acquire()).isSameAs(first);
    clock.advance(Duration.ofHours(1));

    assertThat(ended).isEmpty();
    assertThat(clock.pendingTimers()).isZero();
  }

  @Test
  void theTimeCountsFromTheLastRelease() {
    lingering.acquire();
    lingering.release();
    clock.advance(Duration.ofMillis(900));
    lingering.acquire();
    lingering.release();

    clock.advance(Duration.ofMillis(999));
    assertThat(ended).isEmpty();
    clock.advance(Duration.ofMillis(1));

    assertThat(ended).hasSize(1);
  }

  @Test
  void manyUsersInARowCostOneLookASecond() {
    for (int i = 0; i < 1000; i++) {
      lingering.acquire();
      lingering.release();
      assertThat(clock.pendingTimers()).isOne();
      clock.advance(Duration.ofMillis(1));
    }

    assertThat(looks).isLessThanOrEqualTo(2);
    assertThat(made).isOne();
  }

  @Test
  void whereNothingCanWatchOverThemTheyEndAtOnce() {
    String first = lingering.acquire();
    refusing = true;

    lingering.release();

    assertThat(ended).containsExactly(first);
    assertThat(lingering.acquire()).isNotEqualTo(first);
  }

  @Test
  void anApplicationThatComesInPlaceOfAnotherGetsItsOwn() {
    String old = lingering.acquire();
    assertThat(acquireAs(new ClassLoader() {})).as("shared while in use").isSameAs(old);
    lingering.release();
    lingering.release();

    String fresh = acquireAs(new ClassLoader() {});

    assertThat(ended).containsExactly(old);
    assertThat(fresh).isNotEqualTo(old);
    lingering.release();
    clock.advance(Duration.ofSeconds(2));
    assertThat(ended).containsExactly(old, fresh);
    assertThat(clock.pendingTimers()).isZero();
  }

  private String acquireAs(ClassLoader application) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(application);
    try {
      return lingering.acquire();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private final class Threads implements SharedResource.Kind<String> {
    @Override
    public String create() {
      made++;
      return "threads " + made;
    }

    @Override
    public void schedule(String threads, Runnable task, long delayNanos) {
      if (refusing) {
        throw new RejectedExecutionException("refused by the test");
      }
      looks++;
      var unused = clock.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void end(String threads) {
      ended.add(threads);
    }
  }
}
