// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.threading.CrossesThreads;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The request of a streaming call. Until the peer's first answer all messages are kept, for a transparent retry, and
 * writing takes this object's lock; after it, or past {@link #MAX_KEPT_BYTES}, the writer goes straight to the stream.
 * The peer's answer and the call's end wait for no writer: they set a flag and drop what is kept, and a writer who adds
 * to it reads the flags afterwards.
 */
@CrossesThreads
final class MessageStream implements RequestMessages {
  static final int MAX_KEPT_BYTES = 1024 * 1024;

  /** Absent while there is nothing to keep: most of a long stream's life. */
  private volatile @Nullable ArrayDeque<FramedMessage> kept;

  private int keptBytes;
  private boolean halfClosed;
  private @Nullable CallAttempt attached;
  private volatile boolean committed;
  private volatile boolean released;
  private volatile @Nullable CallAttempt direct;

  @Override
  public void write(FramedMessage message) {
    CallAttempt sink = direct;
    if (sink != null) {
      sink.write(message);
      return;
    }
    synchronized (this) {
      if (!released) {
        keepAndWrite(message);
      }
    }
  }

  private void keepAndWrite(FramedMessage message) {
    CallAttempt sink = attached;
    if (sink != null && message.length() > MAX_KEPT_BYTES - keptBytes) {
      // Before it is kept: a large message that is not has its memory go round.
      committed = true;
    }
    if (sink == null || !committed) {
      keep(message);
    }
    if (sink != null) {
      sink.write(message);
      goDirectIfCommitted();
    }
    if (released) {
      kept = null;
    }
  }

  private void keep(FramedMessage message) {
    message.keep();
    ArrayDeque<FramedMessage> messages = kept;
    if (messages == null) {
      messages = new ArrayDeque<>(1);
    }
    messages.add(message);
    kept = messages;
    keptBytes += Math.min(message.length(), Integer.MAX_VALUE - keptBytes);
  }

  @Override
  public synchronized void halfClose() {
    halfClosed = true;
    if (attached != null) {
      attached.halfClose();
    }
  }

  @Override
  public synchronized void attach(CallAttempt attempt) {
    ArrayDeque<FramedMessage> before = kept;
    Iterator<FramedMessage> messages =
        before == null ? Collections.emptyIterator() : before.iterator();
    FramedMessage first = messages.hasNext() ? messages.next() : null;
    boolean complete = halfClosed && !messages.hasNext();
    attempt.start(first, complete);
    while (messages.hasNext()) {
      attempt.write(messages.next());
    }
    if (halfClosed && !complete) {
      attempt.halfClose();
    }
    attached = attempt;
    goDirectIfCommitted();
  }

  /** Past this point no attempt can follow, so {@link #attached} stays what it is. */
  private void goDirectIfCommitted() {
    if (keptBytes > MAX_KEPT_BYTES) {
      committed = true;
    }
    if (committed && attached != null) {
      direct = attached;
      kept = null;
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
    if (committed) {
      return;
    }
    committed = true;
    kept = null;
  }

  @Override
  public void release() {
    released = true;
    kept = null;
  }
}
