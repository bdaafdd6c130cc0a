// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.page;

import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.web.servlet.function.ServerResponse.SseBuilder;

/**
 * Takes one snapshot of the clients per second while browsers show the page, and sends it to all of
 * them. Without a browser it takes none and has no thread.
 */
@CrossesThreads
final class SnapshotStream implements SmartLifecycle {

  /** More than operators look at a page; each costs a thread while a snapshot is written to it. */
  static final int MAX_VIEWERS = 16;

  /**
   * Ten minutes. The browser then opens the next stream by itself, so that whether its user may
   * still see the page is checked again.
   */
  static final int SNAPSHOTS_PER_STREAM = 600;

  private static final long PERIOD_MILLIS = 1000;

  private static final long IDLE_THREAD_SECONDS = 2;

  private static final Log LOGGER = LogFactory.getLog(SnapshotStream.class);

  private final Supplier<String> snapshots;

  private final List<Viewer> viewers = new CopyOnWriteArrayList<>();

  private @Nullable ScheduledThreadPoolExecutor timer;

  private @Nullable ThreadPoolExecutor writers;

  private @Nullable ScheduledFuture<?> ticks;

  private @Nullable String lastFailure;

  /**
   * Creates a stream that has not started.
   *
   * @param snapshots takes a snapshot as one line of JSON; called on the stream's own thread
   */
  SnapshotStream(Supplier<String> snapshots) {
    this.snapshots = snapshots;
  }

  @Override
  public synchronized void start() {
    if (this.timer != null) {
      return;
    }
    ThreadFactory threads = new CustomizableThreadFactory("grpc-client-page-");
    ScheduledThreadPoolExecutor created = new ScheduledThreadPoolExecutor(1, threads);
    created.setKeepAliveTime(IDLE_THREAD_SECONDS, TimeUnit.SECONDS);
    created.allowCoreThreadTimeOut(true);
    created.setRemoveOnCancelPolicy(true);
    this.timer = created;
    this.writers = new ThreadPoolExecutor(
        0, MAX_VIEWERS, IDLE_THREAD_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), threads);
  }

  /**
   * Ends the streams, before the web server waits for requests in progress: its phase is lower.
   */
  @Override
  public synchronized void stop() {
    this.viewers.forEach(Viewer::end);
    this.viewers.clear();
    this.ticks = null;
    if (this.timer != null) {
      this.timer.shutdownNow();
      this.timer = null;
    }
    if (this.writers != null) {
      this.writers.shutdown();
      this.writers = null;
    }
  }

  @Override
  public synchronized boolean isRunning() {
    return this.timer != null;
  }

  /**
   * Whether another browser can be served now.
   */
  synchronized boolean hasRoom() {
    this.viewers.removeIf(Viewer::hasEnded);
    return this.timer != null && this.viewers.size() < MAX_VIEWERS;
  }

  /**
   * Sends snapshots to a browser from now on. One that comes too late, while the application stops
   * or because others were faster, gets an empty stream.
   */
  synchronized void add(SseBuilder response) {
    if (this.timer == null || this.writers == null || !hasRoom()) {
      response.complete();
      return;
    }
    this.viewers.add(new Viewer(response, this.writers, SNAPSHOTS_PER_STREAM));
    if (this.ticks == null) {
      this.ticks =
          this.timer.scheduleAtFixedRate(this::tick, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Sends one snapshot. A timer's task that throws would not run again. */
  private void tick() {
    try {
      if (hasViewers()) {
        String snapshot = this.snapshots.get();
        this.viewers.forEach(viewer -> viewer.offer(snapshot));
      }
    } catch (RuntimeException | Error failure) {
      warnOnce(failure);
    }
  }

  /** Ends the ticks with the last viewer. */
  private synchronized boolean hasViewers() {
    this.viewers.removeIf(Viewer::hasEnded);
    if (this.viewers.isEmpty() && this.ticks != null) {
      this.ticks.cancel(false);
      this.ticks = null;
    }
    return !this.viewers.isEmpty();
  }

  private void warnOnce(Throwable failure) {
    String text = failure.toString();
    if (!text.equals(this.lastFailure)) {
      this.lastFailure = text;
      LOGGER.warn("The page of the gRPC clients cannot take a snapshot", failure);
    }
  }
}
