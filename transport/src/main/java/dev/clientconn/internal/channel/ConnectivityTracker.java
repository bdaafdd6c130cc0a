// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.threading.CrossesThreads;
import io.grpc.ConnectivityState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** The channel's state and those who wait for it to change. Written in the sync context, read by anybody. */
@CrossesThreads
public final class ConnectivityTracker {
  private final Executor executor;
  private volatile ConnectivityState state = ConnectivityState.IDLE;
  private List<Runnable> watchers = new ArrayList<>();

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
      watchers = new ArrayList<>();
    }
    told.forEach(executor::execute);
  }

  /** Runs {@code callback} once: now if the state is not {@code seen} any more, else at the next change. */
  public void onChangeFrom(ConnectivityState seen, Runnable callback) {
    synchronized (this) {
      if (state == seen) {
        watchers.add(callback);
        return;
      }
    }
    executor.execute(callback);
  }
}
