// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.concurrent;

import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/**
 * Holds the threads of one channel, its clock, and how to release them.
 *
 * @param executor runs listeners of calls and watchers of states
 * @param offloadExecutor runs what blocks: name look-ups and call credentials
 * @param timers runs short tasks only
 * @param nanoTime the clock, nanoseconds
 * @param release called once, when the channel has terminated
 */
public record ChannelThreads(
    Executor executor,
    Executor offloadExecutor,
    ScheduledExecutorService timers,
    LongSupplier nanoTime,
    Runnable release) {

  /**
   * Releases {@code other} and returns its executors with these timers: a channel whose
   * configuration changes has the timers of its calls until its end.
   */
  public ChannelThreads withExecutorsOf(ChannelThreads other) {
    other.release().run();
    return new ChannelThreads(other.executor(), other.offloadExecutor(), timers, nanoTime, release);
  }
}
