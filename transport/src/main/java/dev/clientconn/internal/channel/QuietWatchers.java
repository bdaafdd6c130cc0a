// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.SyncContextConfined;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Notifies callbacks, each once, when a channel has no active call. */
@SyncContextConfined
final class QuietWatchers {
  private final CallCounter calls;
  private final Consumer<Runnable> notifier;
  /** An empty list, shared by most channels, until there is one. */
  private List<Runnable> watchers = List.of();

  /**
   * @param notifier runs a callback on the channel's executor
   */
  QuietWatchers(CallCounter calls, Consumer<Runnable> notifier) {
    this.calls = calls;
    this.notifier = notifier;
  }

  void add(Runnable callback) {
    watchers = watchers.isEmpty() ? new ArrayList<>(1) : watchers;
    watchers.add(callback);
    calls.watch(true);
  }

  /**
   * To be called after the end of each call.
   *
   * @param watchFurther whether the ends of calls are watched for another reason, too
   */
  void notifyIfQuiet(boolean watchFurther) {
    if (!watchers.isEmpty() && calls.isQuiet()) {
      List<Runnable> notified = watchers;
      watchers = List.of();
      calls.watch(watchFurther);
      notified.forEach(notifier);
    }
  }
}
