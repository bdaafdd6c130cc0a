// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.flow;

/**
 * What the peer lets us send: one window for the connection, and one for each stream. A stream's window is kept as the
 * bytes it has outstanding against the peer's current SETTINGS_INITIAL_WINDOW_SIZE, so that a changed setting moves all
 * of them without touching any (RFC 9113 section 6.9.2). Confined by its holder.
 */
public final class SendQuota {

  private final Window connection = new Window(Window.INITIAL);
  private int initialStreamWindow = Window.INITIAL;

  public Window connection() {
    return connection;
  }

  /** Takes the peer's SETTINGS_INITIAL_WINDOW_SIZE. Returns by how much the window of every stream has grown. */
  public long initialStreamWindow(int bytes) {
    long growth = (long) bytes - initialStreamWindow;
    initialStreamWindow = bytes;
    return growth;
  }

  /** The part of {@link SendQuota} that belongs to one stream. */
  public static final class OfStream {

    private final SendQuota quota;
    private long outstanding;

    public OfStream(SendQuota quota) {
      this.quota = quota;
    }

    /** The stream's window, negative after the peer made windows smaller. */
    public long window() {
      return quota.initialStreamWindow - outstanding;
    }

    /** Bytes that both windows let this stream send now. */
    public int available() {
      return (int) Math.max(0, Math.min(window(), quota.connection.available()));
    }

    /** Takes sent bytes from both windows. */
    public void consume(int bytes) {
      outstanding += bytes;
      quota.connection.consume(bytes);
    }

    /** Adds a WINDOW_UPDATE's credit. Returns false, and changes nothing, where that would pass 2^31-1. */
    public boolean tryIncrease(int credit) {
      if (window() + credit > Window.MAX) {
        return false;
      }
      outstanding -= credit;
      return true;
    }

    /** Whether the window has passed 2^31-1, as a larger initial window can make it. */
    public boolean overflowed() {
      return window() > Window.MAX;
    }
  }
}
