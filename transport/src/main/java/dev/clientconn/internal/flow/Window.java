// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.flow;

/**
 * Computes one flow-control window: how many bytes a sender may still send (RFC 9113 section
 * 6.9.1). Never above 2^31-1; negative after a smaller SETTINGS_INITIAL_WINDOW_SIZE. Confined to
 * its owner.
 */
public final class Window {

  /** The largest window, 2^31-1 bytes. */
  public static final int MAX = Integer.MAX_VALUE;

  /**
   * Initial size of every window, bytes (RFC 9113 section 6.9.2). Also the smallest that may be
   * configured.
   */
  public static final int INITIAL = 65_535;

  private long size;

  public Window(int size) {
    this.size = size;
  }

  /** Adds credit. Returns false, and adds nothing, if the window would exceed 2^31-1. */
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

  /** Returns how many bytes may be sent now, never negative. */
  public int available() {
    return (int) Math.max(0, size);
  }

  public long size() {
    return size;
  }
}
