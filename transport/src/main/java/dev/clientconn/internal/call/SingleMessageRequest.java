// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.transport.ClientStream;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Holds the request of a call that sends one message: until the half-close, so that it leaves as
 * one command, and from then on until nothing can ask for it again. Holds one reference to the
 * message, which is released once: by the first response or by the end of the call, which may come
 * at the same time on different threads.
 */
@CrossesThreads
final class SingleMessageRequest implements CallRequest {

  /**
   * Frames of up to this many bytes are held without being counted: they are no larger than the
   * call itself, and so most calls do not touch the counters that all calls of a channel share. A
   * message of this length has no pooled memory, so a missed release costs nothing.
   */
  static final int UNCOUNTED = 1024;

  /** A message whose bytes are counted while it is held. */
  private record Counted(FramedMessage message, RetryBufferLimit limit) {}

  /**
   * A message over a limit: only its stream has a reference, and releases it with the last byte.
   */
  private record Unbuffered(FramedMessage message) {}

  /** In place of the message: its reference has been released. */
  private static final Object RELEASED = new Object();

  private static final AtomicReferenceFieldUpdater<SingleMessageRequest, @Nullable Object> HELD =
      AtomicReferenceFieldUpdater.newUpdater(SingleMessageRequest.class, Object.class, "held");

  /**
   * {@code null} before {@link #write}, then the message; once attached, if it is longer than
   * {@link #UNCOUNTED}, the message as {@link Counted} or {@link Unbuffered}; and finally
   * {@link #RELEASED}.
   */
  private volatile @Nullable Object held;

  @Override
  public void write(FramedMessage only) {
    if (only.length() <= UNCOUNTED) {
      // No compare-and-set: overwriting a concurrent release retains no more than an array.
      HELD.lazySet(this, only);
    } else if (!HELD.compareAndSet(this, null, only)) {
      only.release();
    }
  }

  /** Nothing to do: the half-close opens the call, and the message is sent with it. */
  @Override
  public void halfClose() {}

  @Override
  public boolean countForHedges(RetryBufferLimit limit) {
    Object now = held;
    if (!(now instanceof FramedMessage only) || only.length() <= UNCOUNTED) {
      return true;
    }
    boolean fits = limit.add(0, only.length());
    if (!fits || !HELD.compareAndSet(this, only, new Counted(only, limit))) {
      limit.release(only.length());
    }
    return fits;
  }

  @Override
  public boolean attachStream(ClientStream stream, RetryBufferLimit limit) {
    Object now = held;
    if (now instanceof FramedMessage first && first.length() > UNCOUNTED) {
      return startCounted(first, stream, limit);
    }
    return now != RELEASED
        && start(now instanceof Counted counted ? counted.message : (FramedMessage) now, stream);
  }

  private static boolean start(@Nullable FramedMessage only, ClientStream stream) {
    if (only != null && !only.retain()) {
      return false;
    }
    stream.start(only, true);
    return true;
  }

  /**
   * First stream of a message that is counted, or that is over a limit: the stream then owns it.
   */
  private boolean startCounted(FramedMessage first, ClientStream stream, RetryBufferLimit limit) {
    boolean fits = limit.add(0, first.length());
    Object unbuffered = first.isPooled() ? new Unbuffered(first) : RELEASED;
    Object after = fits ? new Counted(first, limit) : unbuffered;
    boolean held = HELD.compareAndSet(this, first, after);
    if (!fits || !held) {
      limit.release(first.length());
    }
    if (!held) {
      return false;
    }
    if (fits) {
      return start(first, stream);
    }
    stream.start(first, true);
    return true;
  }

  @Override
  public boolean detachStream() {
    if (held instanceof Unbuffered unbuffered) {
      return takeBack(unbuffered);
    }
    return held != RELEASED;
  }

  /** Succeeds where the stream has ended before it sent, and released, the last byte. */
  private boolean takeBack(Unbuffered unbuffered) {
    FramedMessage unsent = unbuffered.message;
    if (!unsent.retain()) {
      return false;
    }
    boolean taken = HELD.compareAndSet(this, unbuffered, unsent);
    if (!taken) {
      unsent.release();
    }
    return taken;
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
      counted.limit.release(counted.message.length());
      counted.message.release();
    } else if (now instanceof FramedMessage unsent) {
      unsent.release();
    }
  }
}
