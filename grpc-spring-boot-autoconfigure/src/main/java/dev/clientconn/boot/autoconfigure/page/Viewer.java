// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.page;

import dev.clientconn.internal.concurrent.CrossesThreads;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.springframework.web.servlet.function.ServerResponse.SseBuilder;

/**
 * Sends snapshots to one browser, one at a time. A snapshot that is taken while the browser still
 * receives an earlier one is skipped: a slow browser neither delays others nor fills a queue.
 */
@CrossesThreads
final class Viewer {

  private final SseBuilder stream;

  private final Executor writers;

  private int snapshotsLeft;

  private boolean writing;

  private boolean ended;

  /**
   * Creates a viewer.
   *
   * @param stream the response; used by one thread at a time
   * @param writers runs the writes, which may block
   * @param snapshots how many snapshots the response gets before it ends
   */
  Viewer(SseBuilder stream, Executor writers, int snapshots) {
    this.stream = stream;
    this.writers = writers;
    this.snapshotsLeft = snapshots;
  }

  /** Sends a snapshot, unless the one before is still being written. */
  synchronized void offer(String snapshot) {
    if (this.writing || this.ended) {
      return;
    }
    this.writing = true;
    try {
      this.writers.execute(() -> write(snapshot));
    } catch (RejectedExecutionException | OutOfMemoryError noThread) {
      this.writing = false;
    }
  }

  private void write(String snapshot) {
    boolean gone = false;
    try {
      this.stream.send(snapshot);
    } catch (IOException | RuntimeException closedByTheBrowser) {
      gone = true;
    }
    written(gone);
  }

  private synchronized void written(boolean gone) {
    this.writing = false;
    this.snapshotsLeft--;
    if (this.ended || gone || this.snapshotsLeft <= 0) {
      this.ended = true;
      this.stream.complete();
    }
  }

  /** Ends the response, after the write in progress if there is one. */
  synchronized void end() {
    if (!this.ended && !this.writing) {
      this.stream.complete();
    }
    this.ended = true;
  }

  /** Whether nothing is sent any more. */
  synchronized boolean hasEnded() {
    return this.ended;
  }
}
