// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.message.FramedMessage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Holds the request of a streaming call. Until the peer's first response all messages are kept, for
 * a transparent retry, and writing takes this object's lock; after it, or where
 * {@link RetryBufferLimit} allows no more, the writer calls the stream directly. The peer's
 * response and the call's end wait for no writer: whoever takes a message off the kept ones
 * releases it.
 */
@CrossesThreads
final class StreamingRequest implements CallRequest {

  /** A message that may have to be sent again, and those before it. */
  private record Kept(
      @Nullable FramedMessage message, @Nullable Kept before) {
    /** In place of the newest one: nothing is kept any more. */
    static final Kept NOTHING_MORE = new Kept(null, null);
  }

  private static final AtomicReferenceFieldUpdater<StreamingRequest, @Nullable Kept> KEPT =
      AtomicReferenceFieldUpdater.newUpdater(StreamingRequest.class, Kept.class, "kept");

  /** The newest. */
  private volatile @Nullable Kept kept;

  private final RetryBufferLimit keptBytes;
  /** Counted by {@link #keptBytes} for this call. */
  private long counted;

  private boolean halfClosed;
  private @Nullable CallAttempt attached;
  private volatile boolean committed;
  private volatile @Nullable CallAttempt direct;

  StreamingRequest(RetryBufferLimit keptBytes) {
    this.keptBytes = keptBytes;
  }

  @Override
  public void write(FramedMessage message) {
    CallAttempt sink = direct;
    if (sink != null) {
      sink.write(message);
      return;
    }
    synchronized (this) {
      keepAndWrite(message);
    }
  }

  private void keepAndWrite(FramedMessage message) {
    CallAttempt sink = attached;
    if (!keptBytes.add(counted, message.length())) {
      committed = true;
    }
    if (sink == null) {
      // Not sent yet, so it is kept in any case.
      keep(message);
      return;
    }
    if (!committed && message.retain()) {
      keep(message);
    } else {
      keptBytes.release(message.length());
    }
    sink.write(message);
    goDirectIfCommitted();
  }

  /**
   * Takes over one reference to the message, and its bytes: for those that are kept, or to be
   * released at once.
   */
  private void keep(FramedMessage message) {
    Kept before = kept;
    while (before == null || before.message != null) {
      if (KEPT.compareAndSet(this, before, new Kept(message, before))) {
        counted += message.length();
        return;
      }
      before = kept;
    }
    release(message);
  }

  private void release(FramedMessage message) {
    keptBytes.release(message.length());
    message.release();
  }

  @Override
  public synchronized void halfClose() {
    halfClosed = true;
    if (attached != null) {
      attached.halfClose();
    }
  }

  @Override
  public synchronized boolean attach(CallAttempt attempt) {
    Deque<FramedMessage> messages = new ArrayDeque<>(1);
    if (!retainAll(messages)) {
      messages.forEach(FramedMessage::release);
      return false;
    }
    FramedMessage first = messages.poll();
    boolean complete = halfClosed && messages.isEmpty();
    attempt.start(first, complete);
    for (FramedMessage message : messages) {
      attempt.write(message);
    }
    if (halfClosed && !complete) {
      attempt.halfClose();
    }
    attached = attempt;
    goDirectIfCommitted();
    return true;
  }

  /**
   * Adds what is kept, oldest first, with references for a stream. Returns false if the call has
   * ended meanwhile.
   */
  private boolean retainAll(Deque<FramedMessage> messages) {
    Kept each = kept;
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

  /** Past this point no attempt can follow, so {@link #attached} stays what it is. */
  private void goDirectIfCommitted() {
    if (committed && attached != null) {
      direct = attached;
      release();
    }
  }

  @Override
  public synchronized boolean detach() {
    if (committed) {
      return false;
    }
    attached = null;
    return true;
  }

  @Override
  public void commit() {
    committed = true;
    release();
  }

  @Override
  public void release() {
    for (Kept each = KEPT.getAndSet(this, Kept.NOTHING_MORE); each != null; each = each.before) {
      if (each.message != null) {
        release(each.message);
      }
    }
  }
}
