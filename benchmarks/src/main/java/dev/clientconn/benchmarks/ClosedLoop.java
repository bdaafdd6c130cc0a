// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import dev.clientconn.internal.concurrent.CrossesThreads;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A fixed number of lanes, each with one call open at a time: a call's end starts the lane's next one, until the loop is
 * stopped or a call fails. A lane that never comes to rest is a call that was left hanging.
 */
@CrossesThreads
final class ClosedLoop {

  private final CallRecorder recorder;
  private final CountDownLatch openLanes;
  private final int operationsPerCall;
  private volatile boolean stopped;

  /**
   * @param operationsPerCall what {@link #completed} counts
   */
  ClosedLoop(CallRecorder recorder, int lanes, int operationsPerCall) {
    this.recorder = recorder;
    this.openLanes = new CountDownLatch(lanes);
    this.operationsPerCall = operationsPerCall;
  }

  /** Counts the operations of a call that ended OK now, all at once, and goes on as {@link #ended}. */
  boolean completed(long startNanos, long nowNanos) {
    recorder.operations(operationsPerCall);
    return ended(startNanos, nowNanos);
  }

  /** Counts one operation of a call that goes on; {@link #ended} is to follow. */
  void operation() {
    recorder.operations(1);
  }

  /** Counts one operation with a latency of its own; false when the lane is to end its call. */
  boolean roundTrip(long startNanos, long nowNanos) {
    recorder.operations(1);
    recorder.latency(nowNanos - startNanos);
    return !stopped;
  }

  /** Records the latency of a call that ended OK now; true when its lane goes on to the next. */
  boolean ended(long startNanos, long nowNanos) {
    recorder.latency(nowNanos - startNanos);
    if (stopped) {
      openLanes.countDown();
      return false;
    }
    return true;
  }

  /** Whether lanes whose call lasts as long as the run are to end it. */
  boolean stopped() {
    return stopped;
  }

  /** The one call of such a lane ended OK. */
  void laneEnded() {
    if (stopped) {
      openLanes.countDown();
    } else {
      failed(new IllegalStateException("the server ended a stream that the client had not ended"));
    }
  }

  /** Records a call's failure and ends its lane. */
  void failed(Throwable cause) {
    recorder.failed(cause);
    stopped = true;
    openLanes.countDown();
  }

  /** Starts no further call and waits for the open ones. */
  void stop(Duration limit) throws InterruptedException {
    stopped = true;
    if (!openLanes.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      recorder.failed(new IllegalStateException(
          openLanes.getCount() + " calls did not end within " + limit + " of the stop"));
    }
  }
}
