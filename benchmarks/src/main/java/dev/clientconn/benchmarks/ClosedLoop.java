// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import dev.clientconn.internal.threading.CrossesThreads;
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
  private volatile boolean stopped;

  ClosedLoop(CallRecorder recorder, int lanes) {
    this.recorder = recorder;
    this.openLanes = new CountDownLatch(lanes);
  }

  /** Records a call that ended OK now; true when its lane goes on to the next. */
  boolean completed(long startNanos, long nowNanos) {
    recorder.completed(nowNanos - startNanos);
    if (stopped) {
      openLanes.countDown();
      return false;
    }
    return true;
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
