// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A small message, which is the stream of its own bytes: in an array that is its own, or in a part of a chunk that it
 * shares with its neighbours. Without ByteArrayInputStream's locks.
 */
final class BodyStream extends InboundMessage {
  private static final byte[] EMPTY = {};

  private final int size;
  private final int end;
  private byte[] body;
  private int position;
  private int mark;
  /** Whether it is the last in its chunk, which then goes back with it. */
  private @Nullable ChunkPool pool;

  private boolean released;

  BodyStream(byte[] body, int start, int size, boolean compressed) {
    super(compressed);
    this.body = body;
    this.size = size;
    this.position = start;
    this.mark = start;
    this.end = start + size;
  }

  /** Those before it in its chunk have been released when it is. */
  void givesBackTo(ChunkPool to) {
    pool = to;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void release() {
    byte[] chunk = body;
    ChunkPool to = pool;
    released = true;
    body = EMPTY;
    pool = null;
    if (to != null) {
      to.give(chunk);
    }
  }

  private void checkHeld() throws IOException {
    if (released) {
      throw new IOException(CLOSED);
    }
  }

  @Override
  public int read() throws IOException {
    checkHeld();
    return position == end ? -1 : body[position++] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    checkHeld();
    if (length == 0) {
      return 0;
    }
    if (position == end) {
      return -1;
    }
    int count = Math.min(length, available());
    System.arraycopy(body, position, target, offset, count);
    position += count;
    return count;
  }

  @Override
  public long transferTo(OutputStream out) throws IOException {
    checkHeld();
    int count = available();
    out.write(body, position, count);
    position = end;
    return count;
  }

  @Override
  public long skip(long count) {
    int skipped = (int) Math.max(0, Math.min(count, available()));
    position += skipped;
    return skipped;
  }

  @Override
  public int available() {
    return end - position;
  }

  @Override
  public boolean markSupported() {
    return true;
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // one thread reads a message
  public void mark(int readLimit) {
    mark = position;
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized")
  public void reset() {
    position = mark;
  }
}
