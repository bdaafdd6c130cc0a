// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.testing.ManualLoop;
import io.netty.util.concurrent.MockTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineWheelTest {

  private static final long TICK = 1L << DeadlineWheel.TICK_SHIFT;

  private final ManualLoop loop = new ManualLoop();
  private final List<Alarm> fired = new ArrayList<>();
  private final DeadlineWheel wheel = new DeadlineWheel(loop, this::expired);

  private static final class Alarm extends DeadlineWheel.Timeout {
    private final long due;
    private long firedAt = -1;

    Alarm(long due) {
      this.due = due;
    }
  }

  private void expired(List<DeadlineWheel.Timeout> timeouts) {
    for (DeadlineWheel.Timeout timeout : timeouts) {
      Alarm alarm = (Alarm) timeout;
      assertThat(alarm.firedAt).isEqualTo(-1);
      alarm.firedAt = now();
      fired.add(alarm);
    }
  }

  private long now() {
    return loop.ticker().nanoTime();
  }

  private Alarm arm(long delayNanos) {
    Alarm alarm = new Alarm(now() + Math.max(0, delayNanos));
    wheel.arm(alarm, delayNanos);
    return alarm;
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, TICK - 1, TICK, TICK + 1, 511 * TICK, 512 * TICK, 513 * TICK})
  void firesNeverEarlyAndAtMostATickLate(long delay) {
    loop.advance(Duration.ofNanos(12_345_678));
    Alarm alarm = arm(delay);

    if (delay > 0) {
      loop.advance(Duration.ofNanos(delay - 1));
      assertThat(fired).isEmpty();
    }
    loop.advance(Duration.ofNanos(TICK + 1));

    assertThat(alarm.firedAt).isBetween(alarm.due, alarm.due + TICK);
    assertThat(loop.hasTimer()).isFalse();
  }

  @Test
  void aDeadlineThatHasPassedFiresAtTheNextTick() {
    Alarm alarm = arm(-5_000_000_000L);

    loop.advance(Duration.ofNanos(TICK));

    assertThat(fired).containsExactly(alarm);
  }

  @Test
  void farDeadlinesOfTheSameSlotDoNotFireWithNearOnes() {
    Alarm near = arm(10 * TICK);
    Alarm far = arm((10 + 512) * TICK);
    Alarm century = arm(Duration.ofDays(36_500).toNanos());

    loop.advance(Duration.ofNanos(12 * TICK));
    assertThat(fired).containsExactly(near);
    loop.advance(Duration.ofNanos(512 * TICK));
    assertThat(fired).containsExactly(near, far);
    loop.advance(Duration.ofDays(36_501));
    assertThat(fired).containsExactly(near, far, century);
  }

  @Test
  void theLatestDeadlineOfAllSleeps() {
    assertThat(now()).isZero();

    arm(Long.MAX_VALUE);

    // At time zero an overflow shows: the timer would be due, for ever.
    assertThat(loop.takeTimers()).isZero();
    assertThat(loop.hasTimer()).isTrue();
    wheel.close();
  }

  @Test
  void whatIsDisarmedDoesNotFire() {
    Alarm first = arm(TICK);
    Alarm second = arm(TICK);
    Alarm third = arm(TICK);

    wheel.disarm(second);
    wheel.disarm(second);
    loop.advance(Duration.ofNanos(3 * TICK));

    assertThat(fired).containsExactly(first, third);
  }

  @Test
  void whatWasNeverArmedCanBeDisarmed() {
    wheel.disarm(new Alarm(0));

    assertThat(loop.hasTimer()).isFalse();
  }

  @Test
  void anEarlierDeadlineMovesTheTimerForward() {
    arm(1000 * TICK);
    Alarm early = arm(5 * TICK);

    loop.advance(Duration.ofNanos(7 * TICK));

    assertThat(fired).containsExactly(early);
    wheel.close();
  }

  @Test
  void afterCloseNothingFiresAndNothingIsScheduled() {
    Alarm alarm = arm(TICK);

    wheel.close();
    wheel.disarm(alarm);
    loop.advance(Duration.ofDays(1));

    assertThat(fired).isEmpty();
    assertThat(loop.isQuiet()).isTrue();
  }

  @Test
  void onlyOneTimerIsScheduledForManyDeadlines() {
    for (int i = 1; i <= 10_000; i++) {
      arm(i * 1_000_000L);
    }

    assertThat(loop.takeTimers()).isEqualTo(1);
    wheel.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void tenThousandFireInTimeUnlessTheyWereDisarmed(long seed) {
    Random random = new Random(seed);
    List<Alarm> armed = new ArrayList<>();
    List<Alarm> disarmed = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      armed.add(arm(random.nextLong(5_000_000_000L)));
      if (random.nextInt(10) == 0) {
        loop.advance(Duration.ofNanos(random.nextInt(3_000_000)));
      }
      if (random.nextBoolean()) {
        Alarm victim = armed.get(random.nextInt(armed.size()));
        if (victim.firedAt < 0) {
          wheel.disarm(victim);
          disarmed.add(victim);
        }
      }
    }

    loop.advance(Duration.ofSeconds(6));

    assertThat(disarmed).allMatch(a -> a.firedAt == -1);
    armed.removeAll(java.util.Set.copyOf(disarmed));
    assertThat(armed).allMatch(a -> a.firedAt >= a.due && a.firedAt <= a.due + TICK);
    assertThat(loop.hasTimer()).isFalse();
  }

  @Test
  void theTimerLooksAtADeadlineNoMoreThanOncePerLevel() {
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      arm(random.nextLong(Duration.ofHours(2).toNanos()));
    }

    // Each fires at a different time, while the others are still armed.
    loop.advance(Duration.ofHours(3));

    assertThat(fired).hasSize(10_000);
    assertThat(wheel.visits()).isBetween(10_000L, 10_000L * DeadlineWheel.LEVELS);
  }

  @Test
  void shortDeadlinesDoNotMakeItLookAtLongOnes() {
    for (int i = 0; i < 10_000; i++) {
      arm(Duration.ofMinutes(30).toNanos() + i);
    }

    for (int i = 0; i < 1000; i++) {
      arm(10 * TICK);
      loop.advance(Duration.ofNanos(11 * TICK));
    }

    assertThat(fired).hasSize(1000);
    assertThat(wheel.visits()).isLessThan(10_000 + 3 * 1000);
    wheel.close();
  }

  @Test
  void deadlinesThatAreDisarmedLeaveNothingToLookAt() {
    for (int i = 0; i < 10_000; i++) {
      Alarm alarm = arm(Duration.ofSeconds(5).toNanos());
      loop.advance(Duration.ofMillis(1));
      wheel.disarm(alarm);
    }

    loop.advance(Duration.ofSeconds(10));

    assertThat(wheel.visits()).isZero();
    assertThat(loop.hasTimer()).isFalse();
  }

  @Test
  void aTimerThatRunsLateLosesNothing() {
    Alarm first = arm(3 * TICK);
    Alarm far = arm(200 * TICK);
    Alarm late = arm(70 * TICK);

    // The loop is busy beyond two of the deadlines, and a call comes in before the timer runs.
    ((MockTicker) loop.ticker()).advance(100 * TICK, TimeUnit.NANOSECONDS);
    Alarm near = arm(2 * TICK);
    loop.run();

    assertThat(fired).containsExactly(first, late);
    loop.advance(Duration.ofNanos(4 * TICK));
    assertThat(fired).containsExactly(first, late, near);
    loop.advance(Duration.ofNanos(100 * TICK));
    assertThat(fired).containsExactly(first, late, near, far);
    assertThat(loop.hasTimer()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void deadlinesOfAllLengthsFireInTimeWhereverTheWheelStands(long seed) {
    Random random = new Random(seed);
    List<Alarm> armed = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      armed.add(arm(random.nextLong(1L << (1 + random.nextInt(48)))));
      loop.advance(Duration.ofNanos(random.nextLong(1L << random.nextInt(38))));
    }

    loop.advance(Duration.ofDays(4));

    assertThat(armed).allMatch(a -> a.firedAt >= a.due && a.firedAt <= a.due + TICK);
    assertThat(loop.hasTimer()).isFalse();
  }
}
