// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.threading.CrossesThreads;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Holds the request of a call that sends one message, until it is complete, so that it leaves as one command, and from
 * then on until nothing can ask for it again. Has one reference to the message, which is released once: by the first
 * response or by the end of the call, which may come at the same time on different threads.
 */
@CrossesThreads
final class SingleMessage implements RequestMessages {

  /** In place of the message: its reference has been released. */
  private static final FramedMessage RELEASED = FramedMessage.of(new byte[0], 0);

  private static final AtomicReferenceFieldUpdater<SingleMessage, @Nullable FramedMessage> MESSAGE =
      AtomicReferenceFieldUpdater.newUpdater(SingleMessage.class, FramedMessage.class, "message");

  private volatile @Nullable FramedMessage message;

  @Override
  public void write(FramedMessage only) {
    if (!only.isPooled()) {
      // Where the call ends now, the collector finds the message with the call: no need for a CAS.
      MESSAGE.lazySet(this, only);
    } else if (!MESSAGE.compareAndSet(this, null, only)) {
      only.release();
    }
  }

  @Override
  public void halfClose() {}

  @Override
  public boolean attach(CallAttempt attempt) {
    FramedMessage only = message;
    if (only == RELEASED || (only != null && !only.retain())) {
      return false;
    }
    attempt.start(only, true);
    return true;
  }

  @Override
  public boolean detach() {
    return message != RELEASED;
  }

  @Override
  public void commit() {
    release();
  }

  @Override
  public void release() {
    FramedMessage held = message;
    if (held == RELEASED) {
      return;
    }
    if (held != null && !held.isPooled()) {
      MESSAGE.lazySet(this, RELEASED);
      return;
    }
    held = MESSAGE.getAndSet(this, RELEASED);
    if (held != null) {
      held.release();
    }
  }
}
