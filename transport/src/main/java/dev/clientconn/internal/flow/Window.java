// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.flow;

/**
 * A flow-control window of RFC 9113 section 6.9.1: what a sender may still send. Never above 2^31-1; below zero after a
 * smaller SETTINGS_INITIAL_WINDOW_SIZE. Confined by its holder.
 */
public final class Window {

  /** The largest window, 2^31-1 bytes. */
  public static final int MAX = Integer.MAX_VALUE;

  /** The size of every window before either side says otherwise (RFC 9113 section 6.9.2). */
  public static final int INITIAL = 65_535;

  private long size;

  public Window(int size) {
    this.size = size;
  }

  /** Adds credit. Returns false, and changes nothing, where that would pass 2^31-1. */
  public boolean tryIncrease(long credit) {
    if (size + credit > MAX) {
      return false;
    }
    size += credit;
    return true;
  }

  public void consume(int bytes) {
    size -= bytes;
  }

  /** Bytes that may be sent now, never negative. */
  public int available() {
    return (int) Math.max(0, size);
  }

  public long size() {
    return size;
  }
}
