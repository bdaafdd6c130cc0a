// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.transport.TransportListener;
import dev.clientconn.transport.TransportListener.WaitOutcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransportListenersTest {

  private final List<String> seen = new ArrayList<>();

  @Test
  void allAreCalledInTheirOrder() {
    TransportListener listener = TransportListeners.of(
        TransportListeners.of(recording("first"), recording("second")), recording("third"));

    listener.streamSlotWaited(WaitOutcome.GRANTED, 5);

    assertThat(seen).containsExactly("first GRANTED 5", "second GRANTED 5", "third GRANTED 5");
  }

  @Test
  void aListenerThatThrowsIsNotCalledAgainAndTheOthersAre() {
    TransportListener failing = new TransportListener() {
      @Override
      public void streamSlotWaited(WaitOutcome outcome, long nanos) {
        seen.add("failing");
        throw new AssertionError("thrown by the test");
      }
    };
    TransportListener listener = TransportListeners.of(failing, recording("second"));

    listener.streamSlotWaited(WaitOutcome.CANCELLED, 1);
    listener.streamSlotWaited(WaitOutcome.REJECTED, 0);

    assertThat(seen).containsExactly("failing", "second CANCELLED 1", "second REJECTED 0");
  }

  @Test
  void aSingleListenerThatThrowsIsNotCalledAgain() {
    TransportListener failing = new TransportListener() {
      @Override
      public void attemptRepeated(RepeatReason reason) {
        seen.add("failing " + reason);
        throw new IllegalStateException("thrown by the test");
      }
    };
    TransportListener listener = TransportListeners.of(TransportListener.NONE, failing);

    listener.attemptRepeated(TransportListener.RepeatReason.RETRY);
    listener.attemptRepeated(TransportListener.RepeatReason.HEDGE);

    assertThat(seen).containsExactly("failing RETRY");
  }

  private TransportListener recording(String name) {
    return new TransportListener() {
      @Override
      public void streamSlotWaited(WaitOutcome outcome, long nanos) {
        seen.add(name + " " + outcome + " " + nanos);
      }
    };
  }
}
