// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.flow;

/**
 * The receive window of one stream. It opens again as the application takes messages, so a slow reader holds back its
 * own sender and nobody else's. Methods return the WINDOW_UPDATE to send, 0 for none. Confined by its holder.
 */
public final class InFlow {

  /** Credit is returned in quarters of the window: often enough to keep a sender going, seldom enough to be cheap. */
  static final int UPDATE_FRACTION = 4;

  private int limit;
  /** Arrived and not yet taken by the application. */
  private int unread;
  /** Taken by the application, and not yet given back to the sender. */
  private int owed;
  /** Granted beyond the limit for a message larger than the window; the next reads pay it back. */
  private int granted;

  public InFlow(int limit) {
    this.limit = limit;
  }

  /** Counts arrived bytes. Returns false if the peer has sent more than it was allowed. */
  public boolean received(int bytes) {
    boolean allowed = bytes <= available();
    unread += bytes;
    return allowed;
  }

  /** Counts bytes that were taken: delivered to the application, padding, or discarded. */
  public int consumed(int bytes) {
    unread -= bytes;
    int repaid = Math.min(granted, bytes);
    granted -= repaid;
    owed += bytes - repaid;
    if (owed < limit / UPDATE_FRACTION) {
      return 0;
    }
    int credit = owed;
    owed = 0;
    return credit;
  }

  /**
   * Makes room for the rest of a message that the application is waiting for: without it, a message larger than the
   * window could never arrive, because nothing of it can be taken before all of it is there.
   */
  public int grant(int missing) {
    long shortfall = missing - available();
    long room = (long) Window.MAX - limit - granted;
    int credit = (int) Math.max(0, Math.min(shortfall, room));
    granted += credit;
    return credit;
  }

  /** Raises the limit. Never lowers it: the peer still owns the larger window. */
  public int raiseTo(int newLimit) {
    int credit = Math.max(0, newLimit - limit);
    limit += credit;
    return credit;
  }

  /** Bytes that the peer may still send. */
  public long available() {
    return (long) limit + granted - unread - owed;
  }
}
