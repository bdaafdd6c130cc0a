// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.flow;

/**
 * The receive window of a connection. It opens again as bytes arrive, whether or not anyone reads them: a stream that
 * is not read must not starve the others. Confined by its holder.
 */
public final class ConnInFlow {

  private int limit;
  private long unacknowledged;

  public ConnInFlow(int limit) {
    this.limit = limit;
  }

  /** Counts arrived bytes. Returns false if the peer has sent more than it was allowed. */
  public boolean received(int bytes) {
    unacknowledged += bytes;
    return unacknowledged <= limit;
  }

  /** Returns the WINDOW_UPDATE to send, 0 for none yet. */
  public int takeCredit() {
    if (unacknowledged < limit / InFlow.UPDATE_FRACTION) {
      return 0;
    }
    int credit = (int) unacknowledged;
    unacknowledged = 0;
    return credit;
  }

  /** Raises the limit. Never lowers it. */
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
