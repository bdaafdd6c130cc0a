// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import java.util.ArrayDeque;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Collects the streams that have events for their calls, and ends each call's batch once, so that
 * it hops to its executor once.
 */
@EventLoopConfined
final class PendingDeliveries {

  private static final Logger logger = Logger.getLogger(PendingDeliveries.class.getName());

  private final ArrayDeque<StreamState> streams = new ArrayDeque<>(1);

  void collect(StreamState stream) {
    if (stream.joinBatch()) {
      streams.add(stream);
    }
  }

  /** Whether a call has events whose batch {@link #deliver} has not ended. */
  boolean isWaiting() {
    return !streams.isEmpty();
  }

  /** Ends the batch. A direct executor runs the calls' listeners in here. */
  void deliver() {
    for (StreamState s = streams.poll(); s != null; s = streams.poll()) {
      try {
        s.endBatch();
      } catch (RuntimeException | Error e) {
        // Calls catch what their listeners throw, so this is a defect; other calls must not suffer
        // for it.
        logger.log(Level.SEVERE, "A call failed to take its events", e);
      }
    }
  }
}
