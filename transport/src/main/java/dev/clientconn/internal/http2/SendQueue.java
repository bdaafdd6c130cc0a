// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.message.FramedMessage;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The framed messages that a stream has yet to send, and how far into the first of them it has
 * come.
 */
@EventLoopConfined
final class SendQueue {

  private @Nullable FramedMessage head;
  private int offset;
  /** Made by the second message: a unary call never needs it. */
  private @Nullable ArrayDeque<FramedMessage> rest;

  private boolean endOfStream;
  /** Whether {@link LoopyWriter} has the stream in its round. */
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

  void start(@Nullable FramedMessage message, boolean ended) {
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

  /** Bytes left of the first message. */
  int remaining() {
    return head == null ? 0 : head.length() - offset;
  }

  /** Whether sending so many more bytes sends everything, the half-close included. */
  boolean endsAfter(int bytes) {
    return endOfStream && bytes == remaining() && (rest == null || rest.isEmpty());
  }

  void advance(int bytes) {
    offset += bytes;
    FramedMessage sending = head();
    if (offset == sending.length()) {
      sending.release();
      head = rest == null ? null : rest.poll();
      offset = 0;
    }
  }

  /** Releases what has not been sent. */
  void clear() {
    while (head != null) {
      head.release();
      head = rest == null ? null : rest.poll();
    }
    rest = null;
    offset = 0;
  }
}
