// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.message.FramedMessage;

/**
 * Keeps what may have to be sent again of one call's request, and hands it to the attempt that has
 * the stream. One thread writes; attempts come and go on others.
 */
interface CallRequest {

  /** Takes over the caller's reference to the message, also where the call has ended. */
  void write(FramedMessage message);

  void halfClose();

  /**
   * Starts the attempt's stream and sends it all that was written so far. Returns {@code false},
   * and starts nothing, where the call has ended.
   */
  boolean attach(CallAttempt attempt);

  /**
   * The attempt's stream is gone; what is written from now on waits for the next. Returns
   * {@code false}, and changes nothing, where not all that was written is still at hand.
   */
  boolean detach();

  /** The peer has responded: nothing will be sent again. Called on the event loop. */
  void commit();

  /**
   * The call has ended: releases what is kept. Any thread, also while another attaches or writes.
   */
  void release();
}
