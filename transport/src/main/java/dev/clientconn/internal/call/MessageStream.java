// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.threading.CrossesThreads;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Iterator;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The request of a streaming call. Until the peer's first answer all messages are kept, for a transparent retry, and
 * writing takes a lock; after it, or past {@link #MAX_KEPT_BYTES}, the writer goes straight to the stream.
 */
@CrossesThreads
final class MessageStream implements RequestMessages {
  static final int MAX_KEPT_BYTES = 1024 * 1024;

  private final ReentrantLock lock = new ReentrantLock();
  /** Absent while there is nothing to keep: most of a long stream's life. */
  private @Nullable ArrayDeque<FramedMessage> kept;

  private long keptBytes;
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
    lock.lock();
    try {
      if (!released) {
        keepAndWrite(message);
      }
    } finally {
      lock.unlock();
    }
  }

  private void keepAndWrite(FramedMessage message) {
    CallAttempt sink = attached;
    if (sink == null || !committed) {
      message.keep();
      if (kept == null) {
        kept = new ArrayDeque<>(1);
      }
      kept.add(message);
      keptBytes += message.length();
    }
    if (sink != null) {
      sink.write(message);
      goDirectIfCommitted();
    }
  }

  @Override
  public void halfClose() {
    lock.lock();
    try {
      halfClosed = true;
      if (attached != null) {
        attached.halfClose();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void attach(CallAttempt attempt) {
    lock.lock();
    try {
      Iterator<FramedMessage> messages =
          kept == null ? Collections.emptyIterator() : kept.iterator();
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
    } finally {
      lock.unlock();
    }
  }

  /** Past this point no attempt can follow, so {@link #attached} stays what it is. */
  private void goDirectIfCommitted() {
    if (keptBytes > MAX_KEPT_BYTES) {
      committed = true;
    }
    if (committed && attached != null && direct == null) {
      direct = attached;
      kept = null;
    }
  }

  @Override
  public boolean detach() {
    lock.lock();
    try {
      if (committed) {
        return false;
      }
      attached = null;
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void commit() {
    if (committed) {
      return;
    }
    committed = true;
    // The event loop must not wait for a writer; the writer will see the flag itself.
    if (lock.tryLock()) {
      try {
        goDirectIfCommitted();
      } finally {
        lock.unlock();
      }
    }
  }

  @Override
  public void release() {
    released = true;
    if (lock.tryLock()) {
      try {
        kept = null;
      } finally {
        lock.unlock();
      }
    }
  }
}
