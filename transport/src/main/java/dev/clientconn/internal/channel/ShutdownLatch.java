// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.Status;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Publishes how far the channel's shutdown is, to threads that read it or wait for its end. */
@CrossesThreads
public final class ShutdownLatch {
  static final Status SHUTDOWN = Status.UNAVAILABLE.withDescription("Channel shutdown invoked");
  static final Status SHUTDOWN_NOW =
      Status.UNAVAILABLE.withDescription("Channel shutdownNow invoked");

  private volatile boolean begun;
  private volatile boolean begunNow;
  private volatile boolean terminated;
  /** Made for the first thread that waits. */
  private @Nullable CountDownLatch waiters;

  private @Nullable Runnable onTerminated;

  /** Returns whether this was the first shutdown. */
  public synchronized boolean begin() {
    boolean first = !begun;
    begun = true;
    return first;
  }

  /** Returns whether this was the first. */
  public synchronized boolean beginNow() {
    boolean first = !begunNow;
    // In this order: a thread that reads begun must find the right reason.
    begunNow = true;
    begun = true;
    return first;
  }

  public boolean isBegun() {
    return begun;
  }

  /** The status of a call that is made after {@link #begin} or {@link #beginNow}. */
  Status reason() {
    return begunNow ? SHUTDOWN_NOW : SHUTDOWN;
  }

  void terminate() {
    Runnable callback;
    synchronized (this) {
      terminated = true;
      if (waiters != null) {
        waiters.countDown();
      }
      callback = onTerminated;
      onTerminated = null;
    }
    if (callback != null) {
      callback.run();
    }
  }

  /** Runs {@code callback} when the channel has terminated, or now. There can be one callback. */
  void onTerminated(Runnable callback) {
    synchronized (this) {
      if (!terminated) {
        onTerminated = callback;
        return;
      }
    }
    callback.run();
  }

  public boolean isTerminated() {
    return terminated;
  }

  public boolean await(long timeout, TimeUnit unit) throws InterruptedException {
    return terminated || waiters().await(timeout, unit);
  }

  private synchronized CountDownLatch waiters() {
    if (waiters == null) {
      waiters = new CountDownLatch(terminated ? 0 : 1);
    }
    return waiters;
  }
}
