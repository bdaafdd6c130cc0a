// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.internal.concurrent.ChannelLog;
import dev.clientconn.internal.concurrent.CrossesThreads;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Logs channels that were garbage collected without a shutdown, with the place where they were
 * built. It has no thread: the queue is polled whenever a channel is built or shut down, which a
 * program that leaks channels does repeatedly.
 *
 * <p>It shuts nothing down. Calls need the channel no longer once they have been started, and an
 * interceptor can start others later through the channel that it was given: an orphan may be in
 * use. Nor does it release what an orphan has acquired of the shared threads. It would have to
 * refer to the channel's core for that, which listeners and interceptors of the application connect
 * to the channel itself: no such channel would ever be collected, or reported.
 */
@CrossesThreads
final class OrphanWatch extends WeakReference<Object> {
  private static final Logger LOGGER = ChannelLog.LOGGER;
  private static final ReferenceQueue<Object> COLLECTED = new ReferenceQueue<>();

  /** Retains the references themselves until their channel is collected or shut down. */
  private static final Set<OrphanWatch> LIVE = ConcurrentHashMap.newKeySet();

  /** Enough to find the place; a whole stack trace would be a tenth of an idle connection. */
  private static final int FRAMES = 6;

  /**
   * The frames of the channel that was built last: applications build most channels at one place,
   * and these share one array. Written without a lock: a lost write costs an array, nothing else.
   */
  private static volatile StackTraceElement[] latest = {};

  private final String target;
  private final StackTraceElement[] builtHere = callers();

  private OrphanWatch(Object conn, String target) {
    super(conn, COLLECTED);
    this.target = target;
  }

  /** Watches a channel until {@link #end} or until it is collected. */
  static OrphanWatch begin(Object conn, String target) {
    reportOrphans();
    OrphanWatch watch = new OrphanWatch(conn, target);
    LIVE.add(watch);
    return watch;
  }

  /** Stops watching: the channel was shut down. */
  void end() {
    LIVE.remove(this);
    clear();
    reportOrphans();
  }

  /** Returns the innermost frames that are not of the builder. */
  private static StackTraceElement[] callers() {
    StackTraceElement[] all = new Throwable().getStackTrace();
    int first = 0;
    while (first < all.length - 1 && isOfBuilder(all[first].getClassName())) {
      first++;
    }
    StackTraceElement[] frames =
        Arrays.copyOfRange(all, first, Math.min(first + FRAMES, all.length));
    StackTraceElement[] before = latest;
    if (Arrays.equals(frames, before)) {
      return before;
    }
    latest = frames;
    return frames;
  }

  /** By name, as these classes use this one. */
  private static boolean isOfBuilder(String className) {
    return className.equals(OrphanWatch.class.getName())
        || className.equals("dev.clientconn.ClientConn")
        || className.equals("dev.clientconn.ClientConnBuilder");
  }

  static void reportOrphans() {
    for (Reference<?> next = COLLECTED.poll(); next != null; next = COLLECTED.poll()) {
      if (next instanceof OrphanWatch orphan && LIVE.remove(orphan)) {
        Throwable place = new Throwable("The channel was built here");
        place.setStackTrace(orphan.builtHere);
        LOGGER.log(
            Level.SEVERE,
            "[" + orphan.target + "] A channel was garbage collected without shutdown() or"
                + " shutdownNow(): its connections stay open until it is idle",
            place);
      }
    }
  }
}
