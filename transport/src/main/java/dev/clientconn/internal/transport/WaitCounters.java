// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.transport.WaitCause;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Adds up waits by cause, those that have not ended included. One thread at a time writes, which
 * costs it plain stores; any thread reads.
 *
 * <p>A wait that begins subtracts the time and one that ends adds it, so that the time of all waits
 * is the sum plus the present time for each that has not ended: neither needs a list of the waits.
 * Sums may overflow meanwhile, which the last addition corrects.
 */
@CrossesThreads
@SuppressWarnings("EnumOrdinal") // indexes figures of causes, which are never stored
public final class WaitCounters {
  private static final WaitCause[] CAUSES = WaitCause.values();

  private static final int COUNT = 0;
  private static final int RUNNING = 1;
  private static final int NANOS = 2;
  private static final int FIGURES = 3;

  /** Odd while the writer changes figures. */
  private static final int VERSION = 0;
  /** Where the figures of each cause are: its row, from 1, in as many bits; 0 for none. */
  private static final int ROWS = 1;

  private static final int FIRST_ROW = 2;
  private static final int ROW_BITS = 4;
  private static final int ROW_MASK = (1 << ROW_BITS) - 1;

  /**
   * Has rows for the causes that have occurred, which are few: each channel and each connection has
   * such an array. One with another row replaces it, and the old one does not change any more.
   */
  private volatile AtomicLongArray figures = new AtomicLongArray(FIRST_ROW);

  // The writer

  /** As many calls as {@code waits} begin to wait. */
  public void begin(WaitCause cause, int waits, long now) {
    change(cause, waits, waits, -waits * now);
  }

  /** As many calls as {@code waits} wait no longer. */
  public void end(WaitCause cause, int waits, long now) {
    change(cause, 0, -waits, waits * now);
  }

  /** A wait has ended that began at this time: it has taken no time, and does not count. */
  public void undo(WaitCause cause, long now) {
    change(cause, -1, -1, now);
  }

  /** Adds a wait that has ended. */
  public void add(WaitCause cause, long nanos) {
    add(cause, 1, nanos);
  }

  /** Adds waits that have ended, and took this long altogether. */
  void add(WaitCause cause, long count, long nanos) {
    change(cause, count, 0, nanos);
  }

  /** Ends all waits: those that were not ended, for whatever reason, would count for ever. */
  public void endAll(long now) {
    for (WaitCause cause : CAUSES) {
      int at = place(cause, figures.getPlain(ROWS));
      int running = at == 0 ? 0 : (int) figures.getPlain(at + RUNNING);
      if (running != 0) {
        end(cause, running, now);
      }
    }
  }

  private void change(WaitCause cause, long count, int running, long nanos) {
    AtomicLongArray changed = figures;
    int at = place(cause, changed.getPlain(ROWS));
    if (at == 0) {
      at = changed.length();
      changed = addRow(cause, changed);
    }
    long version = changed.getPlain(VERSION);
    changed.setOpaque(VERSION, version + 1);
    // Orders the odd version before the figures; the release below orders them before the even one.
    VarHandle.storeStoreFence();
    changed.setOpaque(at + COUNT, changed.getPlain(at + COUNT) + count);
    changed.setOpaque(at + RUNNING, changed.getPlain(at + RUNNING) + running);
    changed.setOpaque(at + NANOS, changed.getPlain(at + NANOS) + nanos);
    changed.setRelease(VERSION, version + 2);
  }

  /** Returns where the figures of a cause begin, 0 if it has none. */
  private static int place(WaitCause cause, long rows) {
    int row = (int) (rows >>> (cause.ordinal() * ROW_BITS)) & ROW_MASK;
    return row == 0 ? 0 : FIRST_ROW + (row - 1) * FIGURES;
  }

  private AtomicLongArray addRow(WaitCause cause, AtomicLongArray present) {
    int length = present.length();
    AtomicLongArray longer = new AtomicLongArray(length + FIGURES);
    for (int i = 0; i < length; i++) {
      longer.setPlain(i, present.getPlain(i));
    }
    long row = (length - FIRST_ROW) / FIGURES + 1L;
    longer.setPlain(ROWS, present.getPlain(ROWS) | (row << (cause.ordinal() * ROW_BITS)));
    figures = longer;
    return longer;
  }

  // Readers

  /** Adds the present figures to the sums, which have one entry for each cause. */
  void addTo(long[] counts, long[] nanos, long now) {
    AtomicLongArray present = figures;
    long[] read = new long[present.length()];
    long version;
    do {
      version = present.getAcquire(VERSION);
      for (int i = ROWS; i < read.length; i++) {
        read[i] = present.getOpaque(i);
      }
      VarHandle.loadLoadFence();
    } while ((version & 1) != 0 || present.getOpaque(VERSION) != version);
    for (WaitCause cause : CAUSES) {
      int at = place(cause, read[ROWS]);
      if (at != 0) {
        counts[cause.ordinal()] += read[at + COUNT];
        nanos[cause.ordinal()] += read[at + NANOS] + read[at + RUNNING] * now;
      }
    }
  }
}
