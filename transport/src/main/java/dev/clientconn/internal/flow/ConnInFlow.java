// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.flow;

/**
 * Computes the receive window of a connection. Credit is returned as bytes arrive, whether or not
 * the application reads them: a stream that is not read must not block the others. Confined to its
 * owner.
 */
public final class ConnInFlow {

  private int limit;
  private long unacknowledged;

  public ConnInFlow(int limit) {
    this.limit = limit;
  }

  /**
   * Counts arrived bytes. Returns false if the peer has exceeded the window (RFC 9113 section
   * 6.9.1).
   */
  public boolean received(int bytes) {
    unacknowledged += bytes;
    return unacknowledged <= limit;
  }

  /** Returns the credit to send in a WINDOW_UPDATE, 0 for none yet. */
  public int takeCredit() {
    if (unacknowledged < limit / InFlow.UPDATE_FRACTION) {
      return 0;
    }
    int credit = (int) unacknowledged;
    unacknowledged = 0;
    return credit;
  }

  /** Raises the limit and returns the credit to send. Never lowers it. */
  public int raiseTo(int newLimit) {
    int credit = Math.max(0, newLimit - limit);
    limit += credit;
    return credit;
  }

  /** Bytes that the peer may still send. */
  public long available() {
    return limit - unacknowledged;
  }
}
