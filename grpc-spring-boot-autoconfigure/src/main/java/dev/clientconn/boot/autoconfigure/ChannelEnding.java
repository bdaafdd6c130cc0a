// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConn;
import dev.clientconn.internal.concurrent.CrossesThreads;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends one channel: lets its calls complete within their grace period, then cancels those that are
 * left.
 */
@CrossesThreads
final class ChannelEnding {

  /** Time for cancelled calls to notify their listeners. */
  private static final Duration AFTERMATH = Duration.ofSeconds(1);

  private final ClientConn channel;

  private final long graceNanos;

  /** Whether new calls are refused from the beginning. */
  private final boolean shutsDown;

  private final CountDownLatch quiet = new CountDownLatch(1);

  private final long began = System.nanoTime();

  /** Whether the application has shut the channel down itself. It is not opened again. */
  private final boolean ended;

  /** Guarded by this: calls of this channel are no more cancelled by this object. */
  private boolean over;

  ChannelEnding(ClientConn channel, long graceNanos, boolean shutsDown) {
    this.channel = channel;
    this.graceNanos = graceNanos;
    this.shutsDown = shutsDown;
    this.ended = channel.isShutdown();
  }

  long graceNanos() {
    return this.graceNanos;
  }

  void begin() {
    if (this.shutsDown && this.graceNanos > 0) {
      this.channel.shutdown();
    }
    if (this.graceNanos == 0) {
      cancelCalls();
    }
    this.channel.notifyWhenQuiet(this.quiet::countDown);
  }

  boolean isDone() {
    return this.shutsDown ? this.channel.isTerminated() : this.quiet.getCount() == 0;
  }

  /** Waits for the calls, and cancels those that are left after the grace period. */
  void await() throws InterruptedException {
    if (!awaitCalls(this.graceNanos - (System.nanoTime() - this.began))) {
      cancelCalls();
      awaitCalls(AFTERMATH.toNanos());
    }
  }

  /**
   * Waits for the calls rather than for the channel, which may have been opened anew meanwhile;
   * its connections close a moment later.
   */
  private boolean awaitCalls(long nanos) throws InterruptedException {
    boolean ended = this.quiet.await(nanos, TimeUnit.NANOSECONDS);
    if (ended && this.shutsDown) {
      this.channel.awaitTermination(AFTERMATH.toNanos(), TimeUnit.NANOSECONDS);
    }
    return ended;
  }

  /** Where calls are still accepted, the channel is opened anew for them. */
  synchronized void cancelCalls() {
    if (!this.over && !isDone()) {
      this.channel.shutdownNow();
      if (!this.shutsDown && !this.ended) {
        this.channel.restart();
      }
    }
  }

  /** Opens the channel again. */
  synchronized void restart() {
    if (!this.over) {
      this.over = true;
      if (!this.ended) {
        this.channel.shutdownNow();
        this.channel.restart();
      }
    }
  }

  /** Ends the calls that were made since the beginning, too. */
  void finish() {
    synchronized (this) {
      this.over = true;
    }
    long grace = Math.min(this.graceNanos, ClientConnLifecycle.DEFAULT_GRACE_PERIOD.toNanos());
    try {
      long left = grace - (System.nanoTime() - this.began);
      if (left <= 0 || !terminates(left)) {
        this.channel.shutdownNow();
        this.channel.awaitTermination(AFTERMATH.toNanos(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException interrupted) {
      this.channel.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private boolean terminates(long nanos) throws InterruptedException {
    return this.channel.shutdown().awaitTermination(nanos, TimeUnit.NANOSECONDS);
  }
}
