// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.call.TransportSource.PendingPick;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.internal.transport.StreamSlots;
import dev.clientconn.testing.FakeTransport;
import dev.clientconn.transport.WaitCause;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

/** Several threads make, cancel and end calls while connections come, go and change their limit. */
@Timeout(120)
class SlotQueueRacesTest {
  private static final int THREADS = 4;
  private static final int CALLS = 3_000;

  private final ChannelHarness harness = new ChannelHarness()
      .scaling(new ScalingOptions(4, 1_000_000, 0, 1L << 50, new ScalingHarness().listener));
  private final SlotQueue queue = new SlotQueue(context(), "server", () -> {});
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final AtomicInteger picked = new AtomicInteger();
  private final AtomicInteger cancelled = new AtomicInteger();

  private ChannelContext context() {
    return new ChannelContext(
        harness.options(),
        harness.threads(),
        harness.connector,
        () -> 0.5,
        new SynchronizationContext((thread, failure) -> {
          throw new AssertionError(failure);
        }),
        harness.clock,
        new JulChannelLogger("test"),
        failure -> {
          throw new AssertionError(failure);
        },
        new ConnectionLimit(4),
        new ChannelRecorder());
  }

  @RepeatedTest(5)
  void everyCallGetsOneSlotOrIsCancelledAndNoSlotIsLost() throws Exception {
    List<StreamSlots> slots = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      StreamSlots each = new StreamSlots(new QueueOwner());
      each.begin(2 + i, 0);
      slots.add(each);
      queue.add(new SlotQueue.Connection(new FakeTransport(), each));
    }
    List<Future<?>> done = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      Random random = new Random(thread);
      done.add(threads.submit(() -> {
        for (int i = 0; i < CALLS; i++) {
          call(random);
          slots.get(random.nextInt(3)).limit(1 + random.nextInt(4));
        }
      }));
    }
    for (Future<?> each : done) {
      each.get();
    }
    // Each call that was picked queues a task that ends it, which may pick the next one.
    while (picked.get() + cancelled.get() < THREADS * CALLS) {
      threads.submit(() -> {}).get();
    }
    threads.shutdown();
    assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    slots.forEach(each -> each.limit(10));

    assertThat(picked.get() + cancelled.get()).isEqualTo(THREADS * CALLS);
    assertThat(queue.waitingCalls()).isZero();
    assertThat(slots).allSatisfy(each -> assertThat(each.used()).isZero());
  }

  private void call(Random random) {
    RacingPick pick = new RacingPick(random.nextInt(3) == 0);
    assertThat(queue.submit(pick, PickResult.withNoResult())).isTrue();
    if (random.nextInt(4) == 0 && queue.cancel(pick)) {
      cancelled.incrementAndGet();
      pick.ended();
    }
    ClientTransport held = pick.heldSlot;
    if (held != null) {
      held.releaseReservation();
    }
  }

  private final class QueueOwner implements StreamSlots.Owner {
    @Override
    public void onCounting() {}

    @Override
    public void onSlotFree() {
      queue.onSlotFree();
    }
  }

  /** Returns its slot at once, or when its thread has submitted it, or when the next thread can. */
  private final class RacingPick implements PendingPick {
    private final boolean releasesAtOnce;
    private final AtomicInteger ends = new AtomicInteger();
    volatile @Nullable ClientTransport heldSlot;

    RacingPick(boolean releasesAtOnce) {
      this.releasesAtOnce = releasesAtOnce;
    }

    void ended() {
      assertThat(ends.incrementAndGet()).isOne();
    }

    @Override
    public void onPicked(ClientTransport transport, PickResult result) {
      ended();
      if (releasesAtOnce) {
        release(transport);
      } else {
        // Its thread may have looked already: another one ends the call.
        heldSlot = transport;
        threads.execute(() -> release(transport));
      }
    }

    private void release(ClientTransport transport) {
      transport.releaseReservation();
      // Last: the test ends when all calls have been counted.
      picked.incrementAndGet();
    }

    @Override
    public void onWaitingFor(WaitCause cause) {}

    @Override
    public PickSubchannelArgs args() {
      return new FakePick(false).args();
    }

    @Override
    public boolean waitForReady() {
      return false;
    }

    @Override
    public boolean isWanted() {
      return true;
    }

    @Override
    public boolean isDeadlinePassed() {
      return false;
    }

    @Override
    public void onWaiting() {}

    @Override
    public void onFailed(Status status) {
      throw new AssertionError(status);
    }

    @Override
    public void cancel(Status reason) {}

    @Override
    public void onDropped(Status status) {
      throw new AssertionError(status);
    }
  }
}
