// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.ChannelLog;
import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.transport.TransportEvent;
import io.grpc.ConnectivityState;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the channel's connectivity state and runs the callbacks that wait for it to change.
 * Written in the sync context, read by any thread.
 */
@CrossesThreads
public final class ConnectivityTracker {
  private static final Logger LOGGER = ChannelLog.LOGGER;

  private volatile Executor executor;
  private volatile @Nullable Status failure;
  private volatile ConnectivityState state = ConnectivityState.IDLE;
  private List<Runnable> watchers = List.of();
  private final ChannelRecorder recorder;

  /** Runs watchers on {@code executor}, and records each change. */
  ConnectivityTracker(Executor executor, ChannelRecorder recorder) {
    this.executor = executor;
    this.recorder = recorder;
  }

  /** Runs later watchers on another executor. */
  void notifyOn(Executor next) {
    executor = next;
  }

  public ConnectivityState state() {
    return state;
  }

  /** Why the channel last could not connect, {@code null} since it is READY or idle. */
  public @Nullable Status failure() {
    return failure;
  }

  /**
   * Changes the state and the reason of a failure. While the channel connects again, the reason of
   * the last failure stays.
   */
  void update(ConnectivityState next, @Nullable Status reason) {
    if (reason != null || next != ConnectivityState.CONNECTING) {
      failure = reason;
    }
    update(next);
  }

  /** Changes the state, unless it is SHUTDOWN, which is final. */
  void update(ConnectivityState next) {
    List<Runnable> notified;
    synchronized (this) {
      if (state == next || state == ConnectivityState.SHUTDOWN) {
        return;
      }
      state = next;
      notified = watchers;
      watchers = List.of();
    }
    Status reason = failure;
    recorder.event(
        TransportEvent.Kind.CHANNEL_STATE,
        0,
        next == ConnectivityState.TRANSIENT_FAILURE && reason != null
            ? next + ": " + reason.getDescription()
            : next);
    notified.forEach(this::notifyNow);
  }

  /**
   * Runs {@code callback} once: now if the state is no longer {@code seen}, else when it changes.
   */
  public void onChangeFrom(ConnectivityState seen, Runnable callback) {
    synchronized (this) {
      if (state == seen) {
        watchers = watchers.isEmpty() ? new ArrayList<>(1) : watchers;
        watchers.add(callback);
        return;
      }
    }
    notifyNow(callback);
  }

  /** Runs a watcher on the executor. Never throws. */
  void notifyNow(Runnable watcher) {
    try {
      executor.execute(watcher);
    } catch (Throwable e) {
      // An application's executor may be shut down, or run the watcher here and it throws: neither
      // may stop the channel.
      LOGGER.log(Level.WARNING, "A watcher of the channel's state could not be run", e);
    }
  }
}
