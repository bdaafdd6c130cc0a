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
  /** Behind the figures: odd while the writer changes them. */
  private static final int VERSION = CAUSES.length * FIGURES;

  private final AtomicLongArray figures = new AtomicLongArray(VERSION + 1);

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
      int running = (int) figures.getPlain(cause.ordinal() * FIGURES + RUNNING);
      if (running != 0) {
        end(cause, running, now);
      }
    }
  }

  private void change(WaitCause cause, long count, int running, long nanos) {
    int at = cause.ordinal() * FIGURES;
    long version = figures.getPlain(VERSION);
    figures.setOpaque(VERSION, version + 1);
    // Orders the odd version before the figures; the release below orders them before the even one.
    VarHandle.storeStoreFence();
    figures.setOpaque(at + COUNT, figures.getPlain(at + COUNT) + count);
    figures.setOpaque(at + RUNNING, figures.getPlain(at + RUNNING) + running);
    figures.setOpaque(at + NANOS, figures.getPlain(at + NANOS) + nanos);
    figures.setRelease(VERSION, version + 2);
  }

  // Readers

  /** Adds the present figures to the sums, which have one entry for each cause. */
  void addTo(long[] counts, long[] nanos, long now) {
    long[] read = new long[VERSION];
    long version;
    do {
      version = figures.getAcquire(VERSION);
      for (int i = 0; i < VERSION; i++) {
        read[i] = figures.getOpaque(i);
      }
      VarHandle.loadLoadFence();
    } while ((version & 1) != 0 || figures.getOpaque(VERSION) != version);
    for (int i = 0; i < CAUSES.length; i++) {
      int at = i * FIGURES;
      counts[i] += read[at + COUNT];
      nanos[i] += read[at + NANOS] + read[at + RUNNING] * now;
    }
  }
}
