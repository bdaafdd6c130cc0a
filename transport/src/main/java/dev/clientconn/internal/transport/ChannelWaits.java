// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.transport.WaitCause;
import dev.clientconn.transport.WaitTotal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Adds up how much all calls of a channel have waited for each cause. The waits of streams are
 * counted by their connections, without a lock; this class has those that calls have without a
 * stream, and the totals of connections that have ended.
 */
@CrossesThreads
@SuppressWarnings("EnumOrdinal") // indexes figures of causes, which are never stored
public final class ChannelWaits {
  private static final WaitCause[] CAUSES = WaitCause.values();

  /** Waits without a stream. They are rare, so a lock guards them. */
  private final WaitCounters calls = new WaitCounters();

  /** Causes that each measured call has, outside its stream: their waits take no lock. */
  private final LongAdder[] counts = adders();

  private final LongAdder[] nanos = adders();

  // Guarded by this
  private final List<WaitCounters> connections = new ArrayList<>();
  private final long[] endedCounts = new long[CAUSES.length];
  private final long[] endedNanos = new long[CAUSES.length];
  private final long[] lastCounts = new long[CAUSES.length];
  private final long[] lastNanos = new long[CAUSES.length];

  private static LongAdder[] adders() {
    LongAdder[] adders = new LongAdder[CAUSES.length];
    for (int i = 0; i < adders.length; i++) {
      adders[i] = new LongAdder();
    }
    return adders;
  }

  /** A call that has no stream begins to wait; {@link #end} follows. */
  public synchronized void begin(WaitCause cause, long now) {
    calls.begin(cause, 1, now);
  }

  public synchronized void end(WaitCause cause, long now) {
    calls.end(cause, 1, now);
  }

  /** Adds a wait that has ended, of a call that has no stream. */
  public void add(WaitCause cause, long waited) {
    counts[cause.ordinal()].increment();
    nanos[cause.ordinal()].add(waited);
  }

  /** Adds a connection; {@code null} for one that counts nothing. */
  public synchronized void addConnection(@Nullable WaitCounters connection) {
    if (connection != null) {
      connections.add(connection);
    }
  }

  /** A connection has ended, and with it all waits of its streams. */
  public synchronized void removeConnection(@Nullable WaitCounters connection) {
    if (connection != null && connections.remove(connection)) {
      // None of them lasts, so the time does not matter.
      connection.addTo(endedCounts, endedNanos, 0);
    }
  }

  /** Returns the totals, with an entry for every cause. */
  public synchronized Map<WaitCause, WaitTotal> snapshot(long now) {
    long[] allCounts = endedCounts.clone();
    long[] allNanos = endedNanos.clone();
    calls.addTo(allCounts, allNanos, now);
    for (WaitCounters connection : connections) {
      connection.addTo(allCounts, allNanos, now);
    }
    Map<WaitCause, WaitTotal> totals = new EnumMap<>(WaitCause.class);
    for (int i = 0; i < CAUSES.length; i++) {
      // A loop's time is that of the beginning of its turn, so a wait may have ended a little
      // before the last snapshot was taken: what was returned once must not decrease.
      lastCounts[i] = Math.max(lastCounts[i], allCounts[i] + counts[i].sum());
      lastNanos[i] = Math.max(lastNanos[i], allNanos[i] + nanos[i].sum());
      totals.put(CAUSES[i], new WaitTotal(lastCounts[i], lastNanos[i]));
    }
    return Collections.unmodifiableMap(totals);
  }
}
