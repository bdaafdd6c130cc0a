// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.flow;

/**
 * Computes how much the peer lets us send: one window for the connection, and one for each stream.
 * A stream stores how many bytes its window is below the peer's SETTINGS_INITIAL_WINDOW_SIZE, so
 * that a changed setting changes all windows without a loop over the streams (RFC 9113 section
 * 6.9.2). Confined to its owner.
 */
public final class SendQuota {

  private final Window connection = new Window(Window.INITIAL);
  private int initialStreamWindow = Window.INITIAL;

  public Window connection() {
    return connection;
  }

  /**
   * Sets the peer's SETTINGS_INITIAL_WINDOW_SIZE. Returns by how much every stream's window has
   * grown.
   */
  public long initialStreamWindow(int bytes) {
    long growth = (long) bytes - initialStreamWindow;
    initialStreamWindow = bytes;
    return growth;
  }

  /** The window of one stream. */
  public static final class OfStream {

    private final SendQuota quota;
    private long outstanding;

    public OfStream(SendQuota quota) {
      this.quota = quota;
    }

    /**
     * Returns the window; negative if the peer has reduced the initial window (RFC 9113 section
     * 6.9.2).
     */
    public long window() {
      return quota.initialStreamWindow - outstanding;
    }

    /** Returns how many bytes both windows allow now. */
    public int available() {
      return (int) Math.max(0, Math.min(window(), quota.connection.available()));
    }

    /** Subtracts sent bytes from both windows. */
    public void consume(int bytes) {
      outstanding += bytes;
      quota.connection.consume(bytes);
    }

    /**
     * Adds the credit of a WINDOW_UPDATE. Returns false, and adds nothing, if the window would
     * exceed 2^31-1.
     */
    public boolean tryIncrease(int credit) {
      if (window() + credit > Window.MAX) {
        return false;
      }
      outstanding -= credit;
      return true;
    }

    /** Whether the window exceeds 2^31-1, which a larger initial window can cause. */
    public boolean overflowed() {
      return window() > Window.MAX;
    }
  }
}
