// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import io.grpc.KnownLength;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Holds a received message until the application has read it, and is the stream that a marshaller
 * reads. It may also hold the next messages as packed bytes: {@link #following} creates the next
 * one. An object is thus created when the application requests the message, not when it arrives.
 * Owned by one thread at a time: the event loop until it is delivered, then the executor of the
 * call.
 */
public abstract class InboundMessage extends InputStream implements KnownLength {
  static final String CLOSED = "the message has been closed: read it before onMessage returns";

  private final boolean compressed;
  /** Position of the next byte to read, in the coordinates of the subclass. */
  int position;
  /** Position behind the last byte of this message. */
  int end;
  /** Position that {@link #reset} returns to. */
  int mark;

  /** The next message behind this one and its packed ones: the link of a queue of its owner. */
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

  /** Returns the next message: the first of the packed ones, or {@link #next}. */
  public @Nullable InboundMessage following() {
    return next;
  }

  /**
   * Appends a queue to this message, which is the last of another queue, and merges memory where
   * that saves some. No message of either has been read. Returns the last message of both.
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

  /**
   * Copies another message, and its packed ones, behind this one. Returns false if that would save
   * no memory.
   */
  boolean append(InboundMessage other) {
    return false;
  }

  /**
   * Replaces memory that is mostly unused by a shorter array. Must not be called while the message
   * is read.
   */
  public void trim() {}

  /** Returns pooled memory. Later reads fail, in case a marshaller has retained the stream. */
  public abstract void release();

  /** Moves behind bytes that have been read or skipped. */
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
