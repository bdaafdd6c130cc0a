// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.transport.WaitCause;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
@SuppressWarnings("EnumOrdinal") // indexes the sums, as the class does
class WaitCountersTest {
  private static final int CAUSES = WaitCause.values().length;

  private final WaitCounters counters = new WaitCounters();
  private final long[] counts = new long[CAUSES];
  private final long[] nanos = new long[CAUSES];

  private void read(long now) {
    Arrays.fill(counts, 0);
    Arrays.fill(nanos, 0);
    counters.addTo(counts, nanos, now);
  }

  @Test
  void causesThatHaveNotOccurredAreNone() {
    read(7);

    assertThat(counts).containsOnly(0);
    assertThat(nanos).containsOnly(0);
  }

  @Test
  void aWaitContinuesWhileOtherCausesOccurForTheFirstTime() {
    counters.begin(WaitCause.SERVER, 2, 100);
    for (WaitCause cause : WaitCause.values()) {
      counters.add(cause, 5);
    }
    read(110);
    assertThat(counts[WaitCause.SERVER.ordinal()]).isEqualTo(3);
    assertThat(nanos[WaitCause.SERVER.ordinal()]).isEqualTo(25);
    assertThat(nanos[WaitCause.TURN.ordinal()]).isEqualTo(5);

    counters.endAll(120);
    read(500);
    assertThat(nanos[WaitCause.SERVER.ordinal()]).isEqualTo(45);
    assertThat(Arrays.stream(counts).sum()).isEqualTo(CAUSES + 2);
  }

  @Test
  void aReaderSeesEachWaitWholeWhileCausesAreAdded() throws Exception {
    ExecutorService writer = Executors.newSingleThreadExecutor();
    try {
      for (int round = 0; round < 200; round++) {
        WaitCounters written = new WaitCounters();
        Future<?> done = writer.submit(() -> {
          for (WaitCause cause : WaitCause.values()) {
            written.add(cause, 3);
            written.add(WaitCause.SERVER, 3);
          }
        });
        long before = 0;
        do {
          Arrays.fill(counts, 0);
          Arrays.fill(nanos, 0);
          written.addTo(counts, nanos, 0);
          long count = Arrays.stream(counts).sum();
          assertThat(Arrays.stream(nanos).sum()).isEqualTo(3 * count);
          assertThat(count).isGreaterThanOrEqualTo(before);
          before = count;
        } while (before < 2L * CAUSES);
        done.get(60, TimeUnit.SECONDS);
      }
    } finally {
      writer.shutdownNow();
    }
  }
}
