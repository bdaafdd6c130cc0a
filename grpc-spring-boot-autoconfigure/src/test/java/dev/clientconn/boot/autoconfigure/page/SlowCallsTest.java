// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.transport.CallReport;
import dev.clientconn.transport.WaitCause;
import io.grpc.Status;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SlowCallsTest {

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1);

  private final SlowCalls calls = new SlowCalls(this.clock::get);

  @Test
  void slowestCallIsTheFirst() {
    end(3, 9, 5);

    assertThat(durations()).containsExactly(9L, 5L, 3L);
  }

  @Test
  void twentySlowestOfManyAreRetained() {
    LongStream.rangeClosed(1, 1000).forEach(this::end);

    assertThat(durations()).hasSize(SlowCalls.MAX).startsWith(1000L).endsWith(981L);
  }

  @Test
  void fasterCallsOfALaterPeriodAreRetainedBesideSlowerOnesOfAnEarlierOne() {
    LongStream.rangeClosed(101, 119).forEach(this::end);
    seconds(31);
    end(50);

    assertThat(durations()).hasSize(20).endsWith(50L);
  }

  @Test
  void fasterCallsAreSeenAfterTheSlowerOnesAreForgotten() {
    LongStream.rangeClosed(101, 200).forEach(this::end);
    seconds(120);
    end(7);
    seconds(200);

    assertThat(durations()).containsExactly(7L);
  }

  @Test
  void callsAreForgottenAfterFiveMinutes() {
    end(5);
    seconds(270);
    assertThat(durations()).containsExactly(5L);

    seconds(30);
    assertThat(durations()).isEmpty();
  }

  @Test
  void longPauseForgetsAllCalls() {
    end(5);
    seconds(100_000);
    end(1);

    assertThat(durations()).containsExactly(1L);
  }

  private void seconds(long seconds) {
    this.clock.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  private void end(long... durations) {
    for (long nanos : durations) {
      this.calls.callEnded(new CallReport(
          "ports.Ports/GetPort", Status.Code.OK, nanos, 1, Map.of(WaitCause.SERVER, nanos)));
    }
  }

  private java.util.List<Long> durations() {
    return this.calls.slowest().stream()
        .map(ended -> ended.report().durationNanos())
        .toList();
  }
}
