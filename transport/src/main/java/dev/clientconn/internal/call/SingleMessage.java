// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.message.FramedMessage;
import org.jspecify.annotations.Nullable;

/**
 * The request of a call that sends one message, held back until it is complete so that it leaves as one command.
 *
 * <p>No locks: the writer is done before the first attempt starts, and each later step follows from the one before.
 */
final class SingleMessage implements RequestMessages {
  private @Nullable FramedMessage message;

  @Override
  public void write(FramedMessage only) {
    message = only;
  }

  @Override
  public void halfClose() {}

  @Override
  public void attach(CallAttempt attempt) {
    FramedMessage only = message;
    if (only != null) {
      only.keep();
    }
    attempt.start(only, true);
  }

  @Override
  public boolean detach() {
    return true;
  }

  @Override
  public void commit() {
    FramedMessage sent = message;
    message = null;
    if (sent != null) {
      sent.letGo();
    }
  }

  @Override
  public void release() {}
}
