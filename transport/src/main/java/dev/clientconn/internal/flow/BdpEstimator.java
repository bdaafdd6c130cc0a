// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.flow;

/**
 * Estimates the bandwidth-delay product of a connection, so that its receive windows can grow to what the path holds. A
 * ping measures a round trip, and the bytes that arrive meanwhile are the sample: a sample that nearly fills the window
 * at the highest bandwidth seen so far says that the window is what limits the sender. The estimate only grows. Confined
 * by its holder, who sends the pings and knows the time.
 */
public final class BdpEstimator {

  /** Windows grow no further: 16 MiB. */
  public static final int LIMIT = 16 * 1024 * 1024;

  private static final double FILLS_WINDOW = 0.66;
  private static final double GROWTH = 2;
  private static final int BOOTSTRAP_SAMPLES = 10;
  private static final double NEW_SAMPLE_WEIGHT = 0.9;

  private int estimate;
  private long sample;
  private boolean pingOut;
  private long pingSentNanos;
  private int samples;
  private double rttNanos;
  private double highestBandwidth;

  /**
   * @param window the larger of the windows the connection starts with, bytes
   */
  public BdpEstimator(int window) {
    this.estimate = window;
  }

  /** Counts arrived DATA. */
  public void onData(int bytes) {
    if (pingOut) {
      sample += bytes;
    }
  }

  /**
   * Whether a ping could teach anything. The holder asks when it opens the connection's window again: so a connection
   * that moves little, and whose window cannot be what limits it, is not pinged.
   */
  public boolean needsPing() {
    return !pingOut && estimate < LIMIT;
  }

  /**
   * @param arrived bytes since the window last opened: of one flight with what is still to come, for a sender that is
   *     held back by the window waits for this opening
   */
  public void onPingSent(long nanoTime, int arrived) {
    pingOut = true;
    pingSentNanos = nanoTime;
    sample = arrived;
  }

  /** The ping came back. Returns the window to grow to, 0 to leave it as it is. */
  public int onPingAck(long nanoTime) {
    if (!pingOut) {
      return 0;
    }
    pingOut = false;
    updateRtt(Math.max(1, nanoTime - pingSentNanos));
    double bandwidth = sample / rttNanos;
    boolean fastest = bandwidth >= highestBandwidth;
    highestBandwidth = Math.max(highestBandwidth, bandwidth);
    if (!fastest || sample < FILLS_WINDOW * estimate) {
      return 0;
    }
    int grown = (int) Math.min(LIMIT, GROWTH * sample);
    if (grown <= estimate) {
      return 0;
    }
    estimate = grown;
    return grown;
  }

  private void updateRtt(long rtt) {
    samples++;
    if (samples <= BOOTSTRAP_SAMPLES) {
      rttNanos += (rtt - rttNanos) / samples;
    } else {
      rttNanos += (rtt - rttNanos) * NEW_SAMPLE_WEIGHT;
    }
  }

  /** The mean round trip, nanoseconds; 0 before the first. */
  public long rttNanos() {
    return (long) rttNanos;
  }

  /** What the windows have grown to, bytes. */
  public int estimate() {
    return estimate;
  }
}
