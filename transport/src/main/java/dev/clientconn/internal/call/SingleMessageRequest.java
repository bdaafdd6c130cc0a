// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.message.FramedMessage;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Holds the request of a call that sends one message, until it is complete, so that it leaves as
 * one command, and from then on until nothing can ask for it again. Has one reference to the
 * message, which is released once: by the first response or by the end of the call, which may come
 * at the same time on different threads.
 */
@CrossesThreads
final class SingleMessageRequest implements CallRequest {

  /**
   * Bytes of a frame that are kept without being counted, for they are no more than the call itself
   * takes: counters that all calls share are left alone by most of them. No message of this length
   * has memory that must be released.
   */
  static final int UNCOUNTED = 1024;

  /** A message whose bytes are counted while it is kept. */
  private record Counted(FramedMessage message, RetryBufferLimit keptBytes) {}

  /**
   * A message over a limit: its stream alone has a reference, and releases it when the last byte is
   * sent.
   */
  private record Unkept(FramedMessage message) {}

  /** In place of the message: its reference has been released. */
  private static final Object RELEASED = new Object();

  private static final AtomicReferenceFieldUpdater<SingleMessageRequest, @Nullable Object> HELD =
      AtomicReferenceFieldUpdater.newUpdater(SingleMessageRequest.class, Object.class, "held");

  /**
   * {@code null}, the message, the message as {@link Counted} or {@link Unkept}, or
   * {@link #RELEASED}.
   */
  private volatile @Nullable Object held;

  @Override
  public void write(FramedMessage only) {
    if (only.length() <= UNCOUNTED) {
      HELD.lazySet(this, only);
    } else if (!HELD.compareAndSet(this, null, only)) {
      only.release();
    }
  }

  @Override
  public void halfClose() {}

  @Override
  public boolean attach(CallAttempt attempt) {
    Object now = held;
    if (now instanceof FramedMessage first && first.length() > UNCOUNTED) {
      return attachCounted(first, attempt);
    }
    return now != RELEASED
        && start(now instanceof Counted counted ? counted.message : (FramedMessage) now, attempt);
  }

  private static boolean start(@Nullable FramedMessage only, CallAttempt attempt) {
    if (only != null && !only.retain()) {
      return false;
    }
    attempt.start(only, true);
    return true;
  }

  /** The first attempt of a message that is counted; or that may not be kept, and is given away. */
  private boolean attachCounted(FramedMessage first, CallAttempt attempt) {
    RetryBufferLimit keptBytes = attempt.call().plan().environment().keptBytes();
    boolean kept = keptBytes.add(0, first.length());
    Object unkept = first.isPooled() ? new Unkept(first) : RELEASED;
    Object after = kept ? new Counted(first, keptBytes) : unkept;
    boolean held = HELD.compareAndSet(this, first, after);
    if (!kept || !held) {
      keptBytes.release(first.length());
    }
    if (!held) {
      return false;
    }
    if (kept) {
      return start(first, attempt);
    }
    attempt.start(first, true);
    return true;
  }

  @Override
  public boolean detach() {
    if (held instanceof Unkept unkept) {
      return takeOver(unkept);
    }
    return held != RELEASED;
  }

  /** Of a stream that has ended, and not sent all of it. */
  private boolean takeOver(Unkept unkept) {
    FramedMessage unsent = unkept.message;
    if (!unsent.retain()) {
      return false;
    }
    boolean mine = HELD.compareAndSet(this, unkept, unsent);
    if (!mine) {
      unsent.release();
    }
    return mine;
  }

  @Override
  public void commit() {
    release();
  }

  @Override
  public void release() {
    Object now = held;
    if (now == RELEASED) {
      return;
    }
    if (now instanceof FramedMessage small && small.length() <= UNCOUNTED) {
      HELD.lazySet(this, RELEASED);
      return;
    }
    now = HELD.getAndSet(this, RELEASED);
    if (now instanceof Counted counted) {
      counted.keptBytes.release(counted.message.length());
      counted.message.release();
    } else if (now instanceof FramedMessage unsent) {
      unsent.release();
    }
  }
}
