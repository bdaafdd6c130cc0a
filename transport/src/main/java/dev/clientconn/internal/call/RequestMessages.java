// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.message.FramedMessage;

/**
 * The request side of one call: keeps what may have to be sent again, hands the rest to the attempt that has the
 * stream. One thread writes; attempts come and go on others.
 */
interface RequestMessages {

  void write(FramedMessage message);

  void halfClose();

  /** Starts the attempt's stream and sends it all that was written so far. */
  void attach(CallAttempt attempt);

  /**
   * The attempt's stream is gone; what is written from now on waits for the next. Returns {@code false}, and changes
   * nothing, where not all that was written is still at hand.
   */
  boolean detach();

  /** The peer has answered: nothing will be sent again. Called on the event loop. */
  void commit();

  /** The call is over. */
  void release();
}
