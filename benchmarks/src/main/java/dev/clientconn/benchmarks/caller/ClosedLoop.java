// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.caller;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Coordinates a fixed number of callers, each with one call open at a time, until the loop is
 * stopped or a call fails. A caller that does not end after the stop has a call that hangs.
 * Thread-safe.
 */
public final class ClosedLoop {

  private final CallRecorder recorder;
  private final CountDownLatch openCallers;
  private volatile boolean stopped;

  public ClosedLoop(CallRecorder recorder, int callers) {
    this.recorder = recorder;
    this.openCallers = new CountDownLatch(callers);
  }

  /** Counts one operation. */
  public void operation() {
    recorder.operations(1);
  }

  /** Counts several operations. */
  public void operations(int number) {
    recorder.operations(number);
  }

  /** Counts one operation of a stream; returns false when its caller is to end the stream. */
  public boolean roundTrip(long startNanos, long nowNanos) {
    recorder.latency(nowNanos - startNanos);
    recorder.operations(1); // later: a run may end with the first operation that is counted
    return !stopped;
  }

  /** Records the latency of a call that ended OK; returns whether its caller makes the next one. */
  public boolean ended(long startNanos, long nowNanos) {
    recorder.latency(nowNanos - startNanos);
    if (stopped) {
      openCallers.countDown();
      return false;
    }
    return true;
  }

  /** Records the end with OK of a stream that lasts as long as the run. */
  public void streamEnded() {
    if (stopped) {
      openCallers.countDown();
    } else {
      failed(new IllegalStateException("the server ended a stream that the client had not ended"));
    }
  }

  /** Records a call's failure and ends its caller. */
  public void failed(Throwable cause) {
    recorder.failed(cause);
    stopped = true;
    openCallers.countDown();
  }

  /** Starts no further call and waits for the open ones, at most {@code limitSeconds}. */
  public void stop(long limitSeconds) throws InterruptedException {
    stopped = true;
    if (!openCallers.await(limitSeconds, TimeUnit.SECONDS)) {
      recorder.failed(new IllegalStateException(
          openCallers.getCount() + " calls did not end within " + limitSeconds + " s of the stop"));
    }
  }
}
