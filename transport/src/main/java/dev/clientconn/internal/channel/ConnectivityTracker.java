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

/** The channel's state and those who wait for it to change. Written in the sync context, read by anybody. */
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

  /** Nothing follows SHUTDOWN. */
  void update(ConnectivityState next) {
    List<Runnable> told;
    synchronized (this) {
      if (state == next || state == ConnectivityState.SHUTDOWN) {
        return;
      }
      state = next;
      told = watchers;
      watchers = List.of();
    }
    told.forEach(this::tell);
  }

  /** Runs {@code callback} once: now if the state is not {@code seen} any more, else at the next change. */
  public void onChangeFrom(ConnectivityState seen, Runnable callback) {
    synchronized (this) {
      if (state == seen) {
        watchers = watchers.isEmpty() ? new ArrayList<>(1) : watchers;
        watchers.add(callback);
        return;
      }
    }
    tell(callback);
  }

  private void tell(Runnable watcher) {
    try {
      executor.execute(watcher);
    } catch (Throwable e) {
      // A user's executor that was shut down, or a watcher that threw in it, must not stop the
      // channel.
      LOGGER.log(Level.WARNING, "A watcher of the channel's state could not be run", e);
    }
  }
}
