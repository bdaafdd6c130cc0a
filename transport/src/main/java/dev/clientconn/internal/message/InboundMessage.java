// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import io.grpc.KnownLength;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Holds a received message until the application has read it, and is the stream that a marshaller reads it from. It may
 * hold the messages behind it, too, as the bytes that were received: {@link #following} cuts the next one out. An object
 * for each of them is thus made when the application takes it, and not when it arrives. Belongs to one thread at a time.
 */
public abstract class InboundMessage extends InputStream implements KnownLength {
  static final String CLOSED = "the message has been closed: read it before onMessage returns";

  private final boolean compressed;
  /** The next byte to be read, counted as the subclass counts. */
  int position;
  /** Behind the last byte of this message. */
  int end;
  /** Where {@link #reset} goes back to. */
  int mark;

  /** Behind this message and those that it holds, for whoever has a queue of them. */
  public @Nullable InboundMessage next;

  InboundMessage(int start, int size, boolean compressed) {
    this.compressed = compressed;
    this.position = start;
    this.mark = start;
    this.end = start + size;
  }

  public final boolean isCompressed() {
    return compressed;
  }

  /** Length of the body, bytes. */
  public abstract int size();

  /** The message behind this one: cut out of the bytes that this one holds, or {@link #next}. */
  public @Nullable InboundMessage following() {
    return next;
  }

  /**
   * Puts a queue behind this message, the last of another, in as little memory as it takes. None of them has been read.
   * Returns the last message of both.
   */
  public final InboundMessage link(InboundMessage first, InboundMessage last) {
    if (!append(first)) {
      first.trim();
      next = first;
      return last;
    }
    next = first.next;
    return next == null ? this : last;
  }

  /** Takes over the bytes of a message and of those that it holds. Returns false where that would save nothing. */
  boolean append(InboundMessage other) {
    return false;
  }

  /** Gives up memory that is mostly empty. Not while it is read. */
  public void trim() {}

  /** Nobody may read it any more. Its stream fails from now on, if somebody has kept it. */
  public abstract void release();

  /** Moves on behind bytes that have been read or skipped. */
  void advance(int count) {
    position += count;
  }

  @Override
  public final long skip(long count) {
    int skipped = (int) Math.max(0, Math.min(count, available()));
    advance(skipped);
    return skipped;
  }

  @Override
  public final int available() {
    return end - position;
  }

  @Override
  public final boolean markSupported() {
    return true;
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // one thread reads a message
  public void mark(int readLimit) {
    mark = position;
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized")
  public void reset() throws IOException {
    position = mark;
  }
}
