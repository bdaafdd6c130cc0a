// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.threading.CrossesThreads;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Holds the request of a streaming call. Until the peer's first response all messages are kept, for a transparent retry,
 * and writing takes this object's lock; after it, or past {@link #MAX_KEPT_BYTES}, the writer calls the stream directly.
 * The peer's response and the call's end wait for no writer: whoever takes a message off the kept ones releases it.
 */
@CrossesThreads
final class MessageStream implements RequestMessages {
  static final int MAX_KEPT_BYTES = 1024 * 1024;

  /** A message that may have to be sent again, and those before it. */
  private record Kept(
      @Nullable FramedMessage message, @Nullable Kept before) {
    /** In place of the newest one: nothing is kept any more. */
    static final Kept NOTHING_MORE = new Kept(null, null);
  }

  private static final AtomicReferenceFieldUpdater<MessageStream, @Nullable Kept> KEPT =
      AtomicReferenceFieldUpdater.newUpdater(MessageStream.class, Kept.class, "kept");

  /** The newest. */
  private volatile @Nullable Kept kept;

  private int keptBytes;
  private boolean halfClosed;
  private @Nullable CallAttempt attached;
  private volatile boolean committed;
  private volatile @Nullable CallAttempt direct;

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
    if (sink != null && message.length() > MAX_KEPT_BYTES - keptBytes) {
      // Before it is kept: the memory of a message that is not is used again as soon as it is sent.
      committed = true;
    }
    if (sink == null) {
      keep(message);
      return;
    }
    if (!committed && message.retain()) {
      keep(message);
    }
    sink.write(message);
    goDirectIfCommitted();
  }

  /** Takes over one reference to the message, for those that are kept or to be released at once. */
  private void keep(FramedMessage message) {
    Kept before = kept;
    while (before == null || before.message != null) {
      if (KEPT.compareAndSet(this, before, new Kept(message, before))) {
        keptBytes += Math.min(message.length(), Integer.MAX_VALUE - keptBytes);
        return;
      }
      before = kept;
    }
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

  /** Adds what is kept, oldest first, with references for a stream. Returns false if the call has ended meanwhile. */
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
    if (keptBytes > MAX_KEPT_BYTES) {
      committed = true;
    }
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
        each.message.release();
      }
    }
  }
}
