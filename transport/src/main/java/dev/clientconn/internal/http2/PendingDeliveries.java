// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.transport.SharedDelivery;
import java.util.ArrayDeque;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Collects the streams that have undelivered events, so that a call is scheduled on its executor
 * once per turn, not once per event.
 */
@EventLoopConfined
final class PendingDeliveries {

  private static final Logger logger = Logger.getLogger(PendingDeliveries.class.getName());

  private final ArrayDeque<StreamState> streams = new ArrayDeque<>(1);
  private final StreamWaits waits;

  PendingDeliveries(StreamWaits waits) {
    this.waits = waits;
  }

  void collect(StreamState stream) {
    if (stream.markPending()) {
      streams.add(stream);
    }
  }

  boolean isWaiting() {
    return !streams.isEmpty();
  }

  /** Delivers the events. A call with a direct executor runs its listener in here. */
  void deliver() {
    SharedDelivery shared = streams.size() > 1 ? SharedDelivery.begin() : null;
    try {
      for (StreamState s = streams.poll(); s != null; s = streams.poll()) {
        if (shared != null) {
          shared.nextCall();
        }
        deliver(s);
      }
    } finally {
      if (shared != null) {
        shared.end();
      }
    }
  }

  private void deliver(StreamState stream) {
    try {
      waits.beforeDelivery(stream);
      stream.deliverEvents();
      if (stream.takeMessagesDelivered()) {
        waits.delivered(stream);
      }
    } catch (RuntimeException | Error e) {
      // Calls catch what their listeners throw, so this is a defect. Other calls go on.
      logger.log(Level.SEVERE, "A call failed to take its events", e);
    }
  }
}
