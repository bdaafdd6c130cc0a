// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.ChannelLog;
import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.ConnectivityState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Publishes the channel's connectivity state and runs the callbacks that wait for it to change.
 * Written in the sync context, read by any thread.
 */
@CrossesThreads
public final class ConnectivityTracker {
  private static final Logger LOGGER = ChannelLog.LOGGER;

  private final Executor executor;
  private volatile ConnectivityState state = ConnectivityState.IDLE;
  private List<Runnable> watchers = List.of();

  /** Runs watchers on {@code executor}. */
  ConnectivityTracker(Executor executor) {
    this.executor = executor;
  }

  public ConnectivityState state() {
    return state;
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
    for (Runnable watcher : notified) {
      run(watcher);
    }
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
    run(callback);
  }

  private void run(Runnable watcher) {
    try {
      executor.execute(watcher);
    } catch (Throwable e) {
      // An application's executor may be shut down, or run the watcher here and it throws: neither
      // may stop the channel.
      LOGGER.log(Level.WARNING, "A watcher of the channel's state could not be run", e);
    }
  }
}
