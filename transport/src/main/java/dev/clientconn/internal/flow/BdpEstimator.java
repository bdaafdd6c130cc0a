// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.flow;

/**
 * Estimates the bandwidth-delay product of a connection, so that its receive windows can grow to
 * it. A ping measures a round trip, and the bytes that arrive during it are the sample. If a sample
 * nearly fills the window at the highest bandwidth so far, then the window limits the sender and
 * has to grow. The estimate never shrinks. Confined to the owner, which sends the pings and passes
 * the time.
 */
public final class BdpEstimator {

  /** Largest window, bytes: 16 MiB. */
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
   * Whether a ping could raise the estimate. Called when the connection's window is opened again,
   * so a connection with little traffic, which its window cannot limit, sends no pings.
   */
  public boolean needsPing() {
    return !pingOut && estimate < LIMIT;
  }

  /**
   * Starts a sample.
   *
   * @param arrived bytes since the window was last opened. They belong to the same flight as those
   *     that follow: a sender that the window limits waits for it to open
   */
  public void onPingSent(long nanoTime, int arrived) {
    pingOut = true;
    pingSentNanos = nanoTime;
    sample = arrived;
  }

  /**
   * Ends a sample. Returns the size that the windows have to grow to, 0 to leave them unchanged.
   */
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

  /** Returns how long the ping that is under way has taken, nanoseconds; 0 if none is. */
  public long pingNanos(long nanoTime) {
    return pingOut ? Math.max(1, nanoTime - pingSentNanos) : 0;
  }

  /** Returns the mean round trip, nanoseconds; 0 before the first. */
  public long rttNanos() {
    return (long) rttNanos;
  }

  /** Returns the present estimate, which is the size of the windows, bytes. */
  public int estimate() {
    return estimate;
  }
}
