// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import dev.clientconn.internal.concurrent.ChannelLog;
import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.transport.TransportListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Notifies one or several listeners. One that throws is not called again; the others are. */
@CrossesThreads
public final class TransportListeners implements TransportListener {

  private static final Logger LOGGER = ChannelLog.LOGGER;

  private final List<TransportListener> given;
  private final List<TransportListener> listeners;

  private TransportListeners(List<TransportListener> listeners) {
    this.given = listeners;
    this.listeners = new CopyOnWriteArrayList<>(listeners);
  }

  /** Returns a listener that calls the first, then the second. */
  public static TransportListener of(TransportListener first, TransportListener second) {
    return new TransportListeners(first == NONE ? List.of(second) : List.of(first, second));
  }

  /** Two builders with the same listeners ask for the same. */
  @Override
  public boolean equals(Object other) {
    return other instanceof TransportListeners same && same.given.equals(given);
  }

  @Override
  public int hashCode() {
    return given.hashCode();
  }

  @Override
  public void streamSlotWaited(WaitOutcome outcome, long nanos) {
    for (TransportListener listener : listeners) {
      try {
        listener.streamSlotWaited(outcome, nanos);
      } catch (Throwable t) {
        remove(listener, t);
      }
    }
  }

  @Override
  public void attemptRepeated(RepeatReason reason) {
    for (TransportListener listener : listeners) {
      try {
        listener.attemptRepeated(reason);
      } catch (Throwable t) {
        remove(listener, t);
      }
    }
  }

  private void remove(TransportListener listener, Throwable thrown) {
    listeners.remove(listener);
    LOGGER.log(Level.WARNING, "A TransportListener threw; it is called no more", thrown);
  }
}
