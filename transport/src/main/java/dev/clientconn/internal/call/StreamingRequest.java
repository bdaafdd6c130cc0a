// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.transport.ClientStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Holds the request of a streaming call. Until the peer's first response all messages are buffered
 * for a transparent retry, and writing takes this object's lock. After that, or once
 * {@link RetryBufferLimit} allows no more, the writer calls the stream directly.
 *
 * <p>{@link #commit} and {@link #release} run on other threads and take no lock, for a writer may
 * be in the middle of a large message: the buffered messages are a stack in one atomic reference,
 * and the thread that takes a message off it releases that message.
 */
@CrossesThreads
final class StreamingRequest implements CallRequest {

  /** A message that may have to be sent again, and those written before it. */
  private record Buffered(
      @Nullable FramedMessage message, @Nullable Buffered before) {
    /** In place of the newest one: nothing is buffered from now on. */
    static final Buffered CLOSED = new Buffered(null, null);
  }

  private static final AtomicReferenceFieldUpdater<StreamingRequest, @Nullable Buffered> NEWEST =
      AtomicReferenceFieldUpdater.newUpdater(StreamingRequest.class, Buffered.class, "newest");

  /** The newest buffered message. */
  private volatile @Nullable Buffered newest;

  private final RetryBufferLimit limit;
  /** Bytes that are counted in {@link #limit} for this call. */
  private long counted;

  private boolean halfClosed;
  /** The stream of the current attempt, if it has one. */
  private @Nullable ClientStream attached;
  /** No further attempt can follow. */
  private volatile boolean committed;
  /** The attached stream, once the call is committed: written to without the lock. */
  private volatile @Nullable ClientStream direct;

  StreamingRequest(RetryBufferLimit limit) {
    this.limit = limit;
  }

  @Override
  public void write(FramedMessage message) {
    ClientStream stream = direct;
    if (stream != null) {
      stream.write(message);
      return;
    }
    synchronized (this) {
      bufferAndWrite(message);
    }
  }

  private void bufferAndWrite(FramedMessage message) {
    ClientStream stream = attached;
    if (!limit.add(counted, message.length())) {
      committed = true;
    }
    if (stream == null) {
      // Not sent yet, so it is buffered in any case.
      buffer(message);
      return;
    }
    if (!committed && message.retain()) {
      buffer(message);
    } else {
      limit.release(message.length());
    }
    stream.write(message);
    goDirectIfCommitted();
  }

  /** Takes over one reference to the message, and its counted bytes. */
  private void buffer(FramedMessage message) {
    Buffered before = newest;
    while (before == null || before.message != null) {
      if (NEWEST.compareAndSet(this, before, new Buffered(message, before))) {
        counted += message.length();
        return;
      }
      before = newest;
    }
    // Committed or released meanwhile.
    release(message);
  }

  private void release(FramedMessage message) {
    limit.release(message.length());
    message.release();
  }

  @Override
  public synchronized void halfClose() {
    halfClosed = true;
    if (attached != null) {
      attached.halfClose();
    }
  }

  /** Counts nothing: {@link #write} has counted the bytes. */
  @Override
  public synchronized boolean attachStream(ClientStream stream, RetryBufferLimit counter) {
    Deque<FramedMessage> messages = new ArrayDeque<>(1);
    if (!retainAll(messages)) {
      messages.forEach(FramedMessage::release);
      return false;
    }
    FramedMessage first = messages.poll();
    boolean complete = halfClosed && messages.isEmpty();
    stream.start(first, complete);
    for (FramedMessage message : messages) {
      stream.write(message);
    }
    if (halfClosed && !complete) {
      stream.halfClose();
    }
    attached = stream;
    goDirectIfCommitted();
    return true;
  }

  /**
   * Adds the buffered messages, oldest first, each retained for the stream. Returns false if they
   * were released meanwhile.
   */
  private boolean retainAll(Deque<FramedMessage> messages) {
    Buffered each = newest;
    while (each != null) {
      FramedMessage message = each.message;
      if (message == null || !message.retain()) {
        return false;
      }
      messages.push(message);
      each = each.before;
    }
    return true;
  }

  /** A committed call has no further attempt, so {@link #attached} does not change any more. */
  private void goDirectIfCommitted() {
    if (committed && attached != null) {
      direct = attached;
      release();
    }
  }

  @Override
  public synchronized boolean detachStream() {
    if (committed) {
      return false;
    }
    attached = null;
    return true;
  }

  @Override
  public void commit() {
    // Called for every read of a long response: costs two volatile reads from the second on.
    if (!committed) {
      committed = true;
    }
    release();
  }

  @Override
  public void release() {
    Buffered present = newest;
    if (present != null && present.message == null) {
      return;
    }
    for (Buffered each = NEWEST.getAndSet(this, Buffered.CLOSED);
        each != null;
        each = each.before) {
      if (each.message != null) {
        release(each.message);
      }
    }
  }
}
