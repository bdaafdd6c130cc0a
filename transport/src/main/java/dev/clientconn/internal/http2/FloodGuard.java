// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Limits what a peer can make this side do or hold by frames that cost the peer little (RFC 9113
 * section 10.5). Each method counts one event; where the event is one too many it fails the
 * connection with ENHANCE_YOUR_CALM and returns false.
 */
@EventLoopConfined
final class FloodGuard {

  /** Empty DATA frames in a row. Some servers flush with one, so only a long run is abuse. */
  static final int MAX_EMPTY_FRAMES = 1_000;

  /** Replies (acks and resets) framed while the peer does not read: each takes memory here. */
  static final int MAX_UNREAD_REPLIES = 10_000;

  /**
   * How many frames in a row may raise SETTINGS_INITIAL_WINDOW_SIZE. Each costs the peer 15 bytes
   * and this side a walk over all open streams; servers whose windows follow the path send a dozen
   * in the life of a connection.
   */
  static final int WINDOW_RAISES_BURST = 100;

  /** How long it takes until one more raise may come. */
  static final long WINDOW_RAISE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final SocketWriter socket;
  private final Consumer<String> fail;
  private int emptyFrames;
  private int unreadReplies;
  private boolean anyRaise;
  /** When the counted raises would be used up at one per interval (a token bucket). */
  private long raisesDueNanos;

  /**
   * @param fail fails the connection; the argument says what the peer did
   */
  FloodGuard(SocketWriter socket, Consumer<String> fail) {
    this.socket = socket;
    this.fail = fail;
  }

  /** DATA has arrived; an empty frame that ends its stream is an ordinary one. */
  boolean allowsData(int length, boolean endOfStream) {
    emptyFrames = length > 0 || endOfStream ? 0 : emptyFrames + 1;
    return check(emptyFrames <= MAX_EMPTY_FRAMES, "too many empty DATA frames in a row");
  }

  /** A frame is to be sent because the peer sent one. */
  boolean allowsReply() {
    unreadReplies = socket.isWritable() ? 0 : unreadReplies + 1;
    return check(unreadReplies <= MAX_UNREAD_REPLIES, "replies are provoked and not read");
  }

  /** SETTINGS have raised the initial window of streams. */
  boolean allowsWindowRaise(long nowNanos) {
    if (!anyRaise || raisesDueNanos - nowNanos < 0) {
      anyRaise = true;
      raisesDueNanos = nowNanos;
    }
    raisesDueNanos += WINDOW_RAISE_NANOS;
    return check(
        raisesDueNanos - nowNanos <= WINDOW_RAISES_BURST * WINDOW_RAISE_NANOS,
        "SETTINGS raise the initial window too often");
  }

  private boolean check(boolean allowed, String violation) {
    if (!allowed) {
      fail.accept(violation);
    }
    return allowed;
  }
}
