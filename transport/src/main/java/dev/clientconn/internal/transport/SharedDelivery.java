// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.concurrent.LoopLocal;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Shares readings of the clock, and additions to the totals of a channel, between calls to which
 * one event loop delivers events one after another. A busy loop ends and begins hundreds of calls
 * in a turn, on its own thread where they have a direct executor: a reading for the start and one
 * for the end of each would cost as much as all other measuring.
 *
 * <p>A few calls share a reading, so that a slow callback is in the times of the calls behind it.
 * Where a turn delivers to one call only, nothing is shared, and all times are exact.
 */
@EventLoopConfined
public final class SharedDelivery {
  /** Calls that share a reading of the clock. */
  private static final int CALLS = 4;

  private static final LoopLocal<SharedDelivery> OF_LOOP = new LoopLocal<>(SharedDelivery::new);

  private boolean running;
  private int calls;
  private boolean known;
  private long now;

  private @Nullable ChannelWaits waits;
  private long turns;
  private long turnNanos;
  private long applications;
  private long applicationNanos;

  private SharedDelivery() {}

  // The event loop

  /**
   * Begins a delivery to several calls. Returns {@code null} if this thread cannot share;
   * otherwise {@link #end} must follow.
   */
  public static @Nullable SharedDelivery begin() {
    SharedDelivery own = OF_LOOP.get();
    if (own != null) {
      own.running = true;
      own.calls = 0;
      own.known = false;
    }
    return own;
  }

  /** Events are about to be delivered to the next call. */
  public void nextCall() {
    if (calls == CALLS) {
      calls = 0;
      known = false;
    }
    calls++;
  }

  /** Ends the delivery. */
  public void end() {
    running = false;
    passTotals();
  }

  // The calls, on any thread

  /** Returns the time, which may be a little old while this thread delivers to several calls. */
  public static long now(LongSupplier clock) {
    SharedDelivery own = OF_LOOP.get();
    return own != null && own.running ? own.read(clock) : clock.getAsLong();
  }

  private long read(LongSupplier clock) {
    if (!known) {
      known = true;
      now = clock.getAsLong();
    }
    return now;
  }

  /**
   * Adds to the totals of a channel what a call has waited outside its stream.
   *
   * @param turn nanoseconds that it waited for the event loop
   * @param application nanoseconds that it waited for the application
   */
  public static void addTotals(ChannelWaits to, long turn, long application) {
    SharedDelivery own = OF_LOOP.get();
    if (own != null && own.running) {
      own.add(to, turn, application);
    } else {
      to.addCalls(turn > 0 ? 1 : 0, turn, application > 0 ? 1 : 0, application);
    }
  }

  private void add(ChannelWaits to, long turn, long application) {
    if (to != waits) {
      passTotals();
      waits = to;
    }
    if (turn > 0) {
      turns++;
      turnNanos += turn;
    }
    if (application > 0) {
      applications++;
      applicationNanos += application;
    }
  }

  private void passTotals() {
    ChannelWaits to = waits;
    if (to != null) {
      waits = null;
      to.addCalls(turns, turnNanos, applications, applicationNanos);
      turns = 0;
      turnNanos = 0;
      applications = 0;
      applicationNanos = 0;
    }
  }
}
