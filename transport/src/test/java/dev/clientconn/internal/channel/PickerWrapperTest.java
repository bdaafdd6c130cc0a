// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.call.TransportSource;
import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.transport.WaitCause;
import io.grpc.LoadBalancer.FixedResultPicker;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.Status;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PickerWrapperTest {
  private static final Status BROKEN = Status.UNAVAILABLE.withDescription("broken");

  private int woken;
  private final PickerWrapper picker = new PickerWrapper(() -> woken++, noSubchannels());

  private static AddrConns noSubchannels() {
    return new AddrConns(() -> {}, pick -> {});
  }

  @Test
  void callWakesAnIdleChannelAndWaits() {
    FakePick pick = pick(false);

    assertThat(woken).isEqualTo(1);
    assertThat(pick.isWaiting()).isTrue();
    assertThat(picker.waitingCalls()).isEqualTo(1);
    assertThat(pick.waits).isOne();
  }

  @Conforms("C040")
  @Test
  void callWaitsForTheNextPickerWhileThereIsNoResult() {
    FakePick pick = pick(false);

    update(PickResult.withNoResult());
    assertThat(pick.isWaiting()).isTrue();
    update(PickResult.withError(BROKEN));

    assertThat(pick.failed()).isEqualTo(BROKEN);
    assertThat(picker.waitingCalls()).isZero();
  }

  @Conforms({"C031", "C042"})
  @Test
  void errorFailsACallUnlessItWaitsForReady() {
    update(PickResult.withError(BROKEN));

    FakePick failFast = pick(false);
    FakePick waitForReady = pick(true);

    assertThat(failFast.failed()).isEqualTo(BROKEN);
    assertThat(failFast.dropped).as("it may be retried").isFalse();
    assertThat(waitForReady.isWaiting()).isTrue();
    assertThat(woken).isZero();
  }

  @Test
  void dropFailsEvenACallThatWaitsForReady() {
    FakePick pick = pick(true);

    update(PickResult.withDrop(BROKEN));

    assertThat(pick.failed()).isEqualTo(BROKEN);
    assertThat(pick.dropped).as("and must not be retried").isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "INVALID_ARGUMENT,INTERNAL", "NOT_FOUND,INTERNAL", "ALREADY_EXISTS,INTERNAL",
        "FAILED_PRECONDITION,INTERNAL",
    "ABORTED,INTERNAL", "OUT_OF_RANGE,INTERNAL", "DATA_LOSS,INTERNAL", "UNAVAILABLE,UNAVAILABLE",
    "RESOURCE_EXHAUSTED,RESOURCE_EXHAUSTED", "PERMISSION_DENIED,PERMISSION_DENIED"
  })
  void codesThatOnlyServersMaySendBecomeInternal(Status.Code said, Status.Code seen) {
    update(PickResult.withDrop(Status.fromCode(said).withDescription("why")));

    Status failure = pick(false).failed();

    assertThat(failure.getCode()).isEqualTo(seen);
    assertThat(failure.getDescription()).contains("why");
  }

  @Test
  void cancelledPickIsNotNotified() {
    FakePick pick = pick(false);

    assertThat(picker.cancel(pick)).isTrue();
    update(PickResult.withError(BROKEN));

    assertThat(pick.isWaiting()).isTrue();
    assertThat(picker.cancel(pick)).as("a second time").isFalse();
    assertThat(picker.waitingCalls()).isZero();
  }

  @Test
  void completedPickCannotBeCancelled() {
    update(PickResult.withError(BROKEN));
    FakePick pick = pick(false);

    assertThat(picker.cancel(pick)).isFalse();
  }

  @Test
  void pickCancelledByThePickerItselfIsNotNotified() {
    FakePick pick = pick(false);

    picker.update(
        new SubchannelPicker() {
          @Override
          public PickResult pickSubchannel(PickSubchannelArgs args) {
            picker.cancel(pick);
            return PickResult.withError(BROKEN);
          }
        },
        WaitCause.CONNECTING);

    assertThat(pick.isWaiting()).isTrue();
  }

  @Test
  void pickIsRepeatedIfThePickerIsReplacedMeanwhile() {
    picker.update(
        new SubchannelPicker() {
          @Override
          public PickResult pickSubchannel(PickSubchannelArgs args) {
            update(PickResult.withError(BROKEN));
            return PickResult.withNoResult();
          }
        },
        WaitCause.CONNECTING);

    assertThat(pick(false).failed()).as("must not wait for a third picker").isEqualTo(BROKEN);
  }

  @Test
  void pickerThatThrowsFailsTheCallWithItsException() {
    IllegalStateException thrown = new IllegalStateException("bug");
    picker.update(
        new SubchannelPicker() {
          @Override
          public PickResult pickSubchannel(PickSubchannelArgs args) {
            throw thrown;
          }
        },
        WaitCause.CONNECTING);

    Status failure = pick(true).failed();

    assertThat(failure.getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(failure.getCause()).isSameAs(thrown);
  }

  @Test
  void shutdownFailsWaitingAndLaterCallsForGood() {
    FakePick waiting = pick(true);

    picker.shutdown(BROKEN);
    update(PickResult.withNoResult());

    assertThat(waiting.failed()).isEqualTo(BROKEN);
    assertThat(waiting.dropped).as("and is not retried").isTrue();
    assertThat(pick(true).failed()).isEqualTo(BROKEN);
  }

  @Test
  void eachPickEndsOrIsCancelledExactlyOnceUnderContention() throws Exception {
    int threads = 3;
    int picksEach = 5_000;
    AtomicInteger completed = new AtomicInteger();
    AtomicInteger cancelled = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    for (int i = 0; i < threads; i++) {
      pool.execute(() -> {
        for (int j = 0; j < picksEach; j++) {
          CountingPick pick = new CountingPick(completed);
          picker.pick(pick);
          if (j % 2 == 0 && picker.cancel(pick)) {
            cancelled.incrementAndGet();
          }
        }
      });
    }
    pool.shutdown();
    boolean error = false;
    while (!pool.awaitTermination(0, TimeUnit.SECONDS)) {
      error = !error;
      update(error ? PickResult.withError(BROKEN) : PickResult.withNoResult());
    }

    update(PickResult.withError(BROKEN));

    assertThat(completed.get() + cancelled.get()).isEqualTo(threads * picksEach);
    assertThat(picker.waitingCalls()).isZero();
  }

  private void update(PickResult result) {
    picker.update(new FixedResultPicker(result), WaitCause.CONNECTING);
  }

  private FakePick pick(boolean waitForReady) {
    FakePick pick = new FakePick(waitForReady);
    picker.pick(pick);
    return pick;
  }

  /** Counts how often it is completed. */
  private record CountingPick(AtomicInteger completed, Object identity)
      implements TransportSource.PendingPick {
    CountingPick(AtomicInteger completed) {
      this(completed, new Object());
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
    public void onWaiting() {}

    @Override
    public void onPicked(ClientTransport transport, PickResult result) {
      completed.incrementAndGet();
    }

    @Override
    public void onFailed(Status status) {
      completed.incrementAndGet();
    }

    @Override
    public void cancel(Status reason) {}

    @Override
    public void onDropped(Status status) {
      completed.incrementAndGet();
    }
  }
}
