// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import io.netty.util.concurrent.ScheduledFuture;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures deadlines among {@link #armed} others, and what they would cost as timers of the event
 * loop.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class DeadlineWheelBenchmark {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Deadlines that stay armed. */
  @Param({"100", "10000"})
  public int armed;

  private final BenchmarkEventLoop loop = new BenchmarkEventLoop();
  private final BenchmarkEventLoop timers = new BenchmarkEventLoop();
  private final DeadlineWheel wheel = new DeadlineWheel(loop, this::expired);
  private final Alarm alarm = new Alarm();
  private Alarm[] others = {};
  private int fired;

  private static final class Alarm extends DeadlineWheel.Timeout {}

  /** Arms deadlines spread over ten seconds. */
  @Setup
  public void setUp() {
    others = new Alarm[armed];
    for (int i = 0; i < armed; i++) {
      long delay = SECOND + i * (10 * SECOND / armed);
      others[i] = new Alarm();
      wheel.arm(others[i], delay);
      timers.schedule(() -> {}, delay, TimeUnit.NANOSECONDS);
    }
  }

  private void expired(List<DeadlineWheel.Timeout> timeouts) {
    fired += timeouts.size();
  }

  @Benchmark
  public void armAndCancel() {
    wheel.arm(alarm, 5 * SECOND);
    wheel.disarm(alarm);
  }

  @Benchmark
  public void armAndCancelTimerOfTheLoop() {
    ScheduledFuture<?> timer = timers.schedule(() -> {}, 5 * SECOND, TimeUnit.NANOSECONDS);
    timer.cancel(false);
  }

  /** Arms all deadlines and lets them expire; figures are for all of them together. */
  @Benchmark
  public int armAndFireAll() {
    fired = 0;
    for (int i = 0; i < armed; i++) {
      wheel.disarm(others[i]);
      wheel.arm(others[i], SECOND);
    }
    loop.advance(2 * SECOND);
    wheel.run();
    if (fired != armed) {
      throw new IllegalStateException(fired + " of " + armed + " deadlines fired");
    }
    return fired;
  }
}
