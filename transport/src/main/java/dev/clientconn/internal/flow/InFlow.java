// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.flow;

/**
 * Computes the receive window of one stream. Credit is returned as the application reads messages:
 * back-pressure of a slow reader reaches its sender, and no other stream. Methods return the credit
 * to send in a WINDOW_UPDATE, 0 for none. Confined to its owner.
 */
public final class InFlow {

  /**
   * Credit is returned in quarters of the window: the sender need not wait, and there are few
   * WINDOW_UPDATEs.
   */
  static final int UPDATE_FRACTION = 4;

  private int limit;
  /** Arrived, and not yet read by the application. */
  private int unread;
  /** Read by the application, and not yet returned as credit. */
  private int unreturned;
  /**
   * Granted beyond the limit for a message larger than the window. Deducted from the next credit.
   */
  private int granted;

  public InFlow(int limit) {
    this.limit = limit;
  }

  /**
   * Counts arrived bytes. Returns false if the peer has exceeded the window (RFC 9113 section
   * 6.9.1).
   */
  public boolean received(int bytes) {
    boolean allowed = bytes <= available();
    unread += bytes;
    return allowed;
  }

  /** Counts bytes that need no more memory: read by the application, padding, or discarded. */
  public int consumed(int bytes) {
    unread -= bytes;
    int deducted = Math.min(granted, bytes);
    granted -= deducted;
    unreturned += bytes - deducted;
    if (unreturned < limit / UPDATE_FRACTION) {
      return 0;
    }
    int credit = unreturned;
    unreturned = 0;
    return credit;
  }

  /**
   * Grants credit for the rest of a message that the application has requested. Without it, a
   * message larger than the window would never arrive, because the application reads nothing of it
   * before it is complete.
   */
  public int grant(int missing) {
    long shortfall = missing - available();
    long room = (long) Window.MAX - limit - granted;
    int credit = (int) Math.max(0, Math.min(shortfall, room));
    granted += credit;
    return credit;
  }

  /**
   * Raises the limit and returns the credit to send. Never lowers it: the peer may use the larger
   * one.
   */
  public int raiseTo(int newLimit) {
    int credit = Math.max(0, newLimit - limit);
    limit += credit;
    return credit;
  }

  /** Bytes that have arrived, and that the application has not read. */
  public int unread() {
    return unread;
  }

  /** Bytes that the peer may still send. */
  public long available() {
    return (long) limit + granted - unread - unreturned;
  }
}
