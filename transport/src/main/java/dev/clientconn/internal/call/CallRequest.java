// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.transport.ClientStream;

/**
 * Holds what may have to be sent again of one call's request, and sends it on the stream of the
 * current attempt. One thread writes; attempts attach and detach their streams on other threads.
 *
 * <p>A message is retained from {@link #write} until nothing can ask for it again: the first of
 * {@link #commit}, {@link #release} and an exceeded {@link RetryBufferLimit}.
 */
interface CallRequest {

  /** Takes over the caller's reference to the message, also where the call has ended. */
  void write(FramedMessage message);

  void halfClose();

  /**
   * Starts an attempt's stream and sends on it all that was written so far. Returns {@code false},
   * and starts nothing, where the call has ended.
   *
   * @param limit counts the bytes that are buffered while the stream may fail
   */
  boolean attachStream(ClientStream stream, RetryBufferLimit limit);

  /**
   * Counts what was written before the call opens, if that fits, so that several streams can be
   * attached at the same time. Returns {@code false} where it does not fit: then one at a time can.
   */
  default boolean countForHedges(RetryBufferLimit limit) {
    return true;
  }

  /** Whether no further stream may be attached, as too much has been written since the start. */
  default boolean isOverLimit() {
    return false;
  }

  /**
   * Sends what is written from now on only on this stream, which may still be attaching. Does
   * nothing where no other can be attached, or each has got the complete request.
   */
  default void commitTo(ClientStream stream) {}

  /** Sends nothing more on a stream that has failed, where others go on. */
  default void removeStream(ClientStream failed) {}

  /**
   * The attached stream has failed: messages that are written from now on wait for the next one.
   * Returns {@code false}, and changes nothing, where part of the request is no longer held.
   */
  boolean detachStream();

  /** The peer has responded: nothing will be sent again. On the event loop, any number of times. */
  void commit();

  /** The call has ended. Any thread, also while another attaches a stream or writes. */
  void release();
}
