// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.transport.StreamProgress;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends streams, one or many, for whatever reason: releases what they hold and notifies their calls. Whatever a call throws
 * meanwhile, the streams behind it end too.
 */
@EventLoopConfined
final class StreamCloser {

  private final ActiveStreams table;
  private final StreamQuota quota;
  private final DeadlineWheel deadlines;
  private final LoopyWriter loopy;
  private final PendingDeliveries batch;
  private final Consumer<Throwable> onThrown;
  /** The lowest last stream id of the peer's GOAWAY frames: what is above has ended. */
  private int lastProcessed = Integer.MAX_VALUE;

  /**
   * @param onThrown fails the connection
   */
  StreamCloser(
      ActiveStreams table,
      StreamQuota quota,
      DeadlineWheel deadlines,
      LoopyWriter loopy,
      PendingDeliveries batch,
      Consumer<Throwable> onThrown) {
    this.table = table;
    this.quota = quota;
    this.deadlines = deadlines;
    this.loopy = loopy;
    this.batch = batch;
    this.onThrown = onThrown;
  }

  /** Ends an open stream. */
  void open(StreamState stream, Status status, StreamProgress progress, Metadata trailers) {
    table.remove(stream);
    any(stream, status, progress, trailers);
    loopy.left(stream);
  }

  /** Ends a stream that has no id. */
  void unopened(StreamState stream, Status status, StreamProgress progress) {
    any(stream, status, progress, new Metadata());
  }

  /**
   * Ends a stream, open or waiting, because its deadline has passed.
   *
   * @param detail what else is known of the connection, {@code null} for nothing
   */
  void expired(StreamState stream, @Nullable String detail) {
    boolean open = stream.state() == StreamState.State.OPEN;
    if (open) {
      table.remove(stream);
    }
    try {
      stream.notifyDeadlineExceeded(detail);
    } catch (Throwable thrown) {
      onThrown.accept(thrown);
    } finally {
      stream.sendQueue.clear();
    }
    batch.collect(stream);
    if (open) {
      loopy.left(stream);
    }
  }

  private void any(StreamState stream, Status status, StreamProgress progress, Metadata trailers) {
    deadlines.disarm(stream);
    try {
      // First: a call that is sent again from within may take over what this stream has not sent.
      tell(stream, status, progress, trailers);
    } finally {
      stream.sendQueue.clear();
    }
  }

  private void tell(StreamState stream, Status status, StreamProgress progress, Metadata trailers) {
    try {
      stream.tellClosed(status, progress, trailers);
    } catch (Throwable thrown) {
      onThrown.accept(thrown);
    }
    batch.collect(stream);
  }

  /** Ends those that wait for a slot; another connection may have them. */
  void waiting(Status status) {
    for (StreamState s = quota.poll(); s != null; s = quota.poll()) {
      unopened(s, status, StreamProgress.NOT_SENT);
    }
  }

  /**
   * Ends what a peer that has gone away will not process. Its GOAWAY frames may lower the id one stream at a time, so no
   * more is looked at than the ids that have come to lie above it, or the open streams where these are fewer.
   */
  void above(int lastStreamId, Status status) {
    int newest = Math.min(table.newestId(), lastProcessed);
    lastProcessed = Math.min(lastProcessed, lastStreamId);
    if (newest <= lastStreamId) {
      return;
    }
    if ((newest - lastStreamId + 1) / 2 > table.active()) {
      for (StreamState stream : table.all()) {
        refuseAbove(lastStreamId, stream, status);
      }
      return;
    }
    for (int id = (lastStreamId + 1) | 1; id <= newest; id += 2) {
      refuseAbove(lastStreamId, table.find(id), status);
    }
  }

  private void refuseAbove(int lastStreamId, @Nullable StreamState stream, Status status) {
    if (stream != null && !stream.isClosed() && stream.id() > lastStreamId) {
      open(stream, status, StreamProgress.REFUSED, new Metadata());
    }
  }

  /** Ends everything: the connection is closed. */
  void all(Status status) {
    waiting(status);
    for (StreamState stream : table.all()) {
      if (!stream.isClosed()) {
        open(stream, status, StreamProgress.PROCESSED, new Metadata());
      }
    }
    deadlines.close();
    loopy.clear();
  }
}
