// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.message.FramedMessage;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Queues the framed messages that a stream has not sent, with the offset into the first. Owns each
 * message from {@link #add} until it has been framed entirely or {@link #clear} releases it.
 */
@EventLoopConfined
final class SendQueue {

  /** Apart from the others, so that a stream with one message has no queue. */
  private @Nullable FramedMessage head;

  private int offset;
  /** Created for the second message: a unary call never needs it. */
  private @Nullable ArrayDeque<FramedMessage> rest;

  private boolean endOfStream;
  /** Whether the stream is in {@link LoopyWriter}'s queue. */
  boolean scheduled;

  void add(FramedMessage message) {
    if (head == null) {
      head = message;
      return;
    }
    if (rest == null) {
      rest = new ArrayDeque<>(4);
    }
    rest.add(message);
  }

  /** Sets what is known when the stream opens: for a unary call, everything. */
  void init(@Nullable FramedMessage message, boolean ended) {
    head = message;
    endOfStream = ended;
  }

  void end() {
    endOfStream = true;
  }

  boolean isEnded() {
    return endOfStream;
  }

  boolean isEmpty() {
    return head == null;
  }

  FramedMessage head() {
    if (head == null) {
      throw new IllegalStateException("nothing to send");
    }
    return head;
  }

  int offset() {
    return offset;
  }

  /** Unsent bytes of the first message. */
  int remaining() {
    return head == null ? 0 : head.length() - offset;
  }

  /** Whether this many more bytes are all there is to send, so that the frame ends the stream. */
  boolean endsAfter(int bytes) {
    return endOfStream && bytes == remaining() && (rest == null || rest.isEmpty());
  }

  /** Removes bytes that have been framed. Returns whether the first message ends with them. */
  boolean advance(int bytes) {
    // Released when it is framed, not when it is written: the frame has its own reference to the
    // chunks, or a copy of the bytes.
    offset += bytes;
    FramedMessage sending = head();
    boolean complete = offset == sending.length();
    if (complete) {
      sending.release();
      head = rest == null ? null : rest.poll();
      offset = 0;
    }
    return complete;
  }

  /** Releases all messages that have not been sent entirely. Returns their unsent bytes. */
  long clear() {
    long sum = -offset;
    while (head != null) {
      sum += head.length();
      head.release();
      head = rest == null ? null : rest.poll();
    }
    rest = null;
    offset = 0;
    return sum;
  }
}
