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

  /** So many waits that have ended are added with the lock: few channels have more of them. */
  private static final int LOCKED = 64;

  /** Waits that are added without the lock. Absent in a channel of few waits, for its memory. */
  private volatile @Nullable Adders adders;

  // Guarded by this
  private int lockedWaits;
  private final List<WaitCounters> connections = new ArrayList<>(1);
  /** Waits without a stream, and those of connections that have ended. */
  private final WaitCounters calls = new WaitCounters();
  /** What the last snapshot returned; absent before the first. */
  private @Nullable Map<WaitCause, WaitTotal> last;

  /** A call that has no stream begins to wait; {@link #end} follows. */
  public synchronized void begin(WaitCause cause, long now) {
    calls.begin(cause, 1, now);
  }

  public synchronized void end(WaitCause cause, long now) {
    calls.end(cause, 1, now);
  }

  /** Adds a wait that has ended, of a call that has no stream. */
  public void add(WaitCause cause, long waited) {
    add(cause, 1, waited);
  }

  private void add(WaitCause cause, long count, long waited) {
    Adders unlocked = adders;
    if (count == 0) {
      return;
    }
    if (unlocked != null) {
      unlocked.add(cause, count, waited);
    } else {
      addLocked(cause, count, waited);
    }
  }

  /**
   * Adds waits of calls that have ended, outside their streams.
   *
   * @param turns how many of them have waited for the event loop
   * @param applications how many have waited for the application
   */
  void addCalls(long turns, long turnNanos, long applications, long applicationNanos) {
    add(WaitCause.TURN, turns, turnNanos);
    add(WaitCause.APPLICATION, applications, applicationNanos);
  }

  private synchronized void addLocked(WaitCause cause, long count, long waited) {
    calls.add(cause, count, waited);
    lockedWaits++;
    if (lockedWaits == LOCKED) {
      adders = new Adders();
    }
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
      long[] counts = new long[CAUSES.length];
      long[] nanos = new long[CAUSES.length];
      // None of them lasts, so the time does not matter.
      connection.addTo(counts, nanos, 0);
      for (int i = 0; i < CAUSES.length; i++) {
        calls.add(CAUSES[i], counts[i], nanos[i]);
      }
    }
  }

  /** Returns the totals, with an entry for every cause. */
  public synchronized Map<WaitCause, WaitTotal> snapshot(long now) {
    long[] counts = new long[CAUSES.length];
    long[] nanos = new long[CAUSES.length];
    calls.addTo(counts, nanos, now);
    for (WaitCounters connection : connections) {
      connection.addTo(counts, nanos, now);
    }
    Adders unlocked = adders;
    if (unlocked != null) {
      unlocked.addTo(counts, nanos);
    }
    Map<WaitCause, WaitTotal> totals = new EnumMap<>(WaitCause.class);
    for (int i = 0; i < CAUSES.length; i++) {
      totals.put(CAUSES[i], notLess(CAUSES[i], counts[i], nanos[i]));
    }
    last = Collections.unmodifiableMap(totals);
    return last;
  }

  /**
   * A loop's time is that of the beginning of its turn, so a wait may have ended a little before
   * the last snapshot was taken: what was returned once must not decrease.
   */
  private WaitTotal notLess(WaitCause cause, long count, long nanos) {
    WaitTotal before = last == null ? null : last.get(cause);
    return before == null
        ? new WaitTotal(count, nanos)
        : new WaitTotal(Math.max(before.count(), count), Math.max(before.nanos(), nanos));
  }

  /** Adds up waits of measured calls outside their streams, for each cause. */
  private static final class Adders {
    private final LongAdder[] counts = adders();
    private final LongAdder[] nanos = adders();

    private static LongAdder[] adders() {
      LongAdder[] adders = new LongAdder[CAUSES.length];
      for (int i = 0; i < adders.length; i++) {
        adders[i] = new LongAdder();
      }
      return adders;
    }

    void add(WaitCause cause, long count, long waited) {
      counts[cause.ordinal()].add(count);
      nanos[cause.ordinal()].add(waited);
    }

    void addTo(long[] allCounts, long[] allNanos) {
      for (int i = 0; i < CAUSES.length; i++) {
        allCounts[i] += counts[i].sum();
        allNanos[i] += nanos[i].sum();
      }
    }
  }
}
