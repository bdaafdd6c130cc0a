// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import static dev.clientconn.internal.message.FramedMessage.PREFIX_LENGTH;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads a small message out of an array. Behind it, in the same array, may be the messages that follow it, each with its
 * prefix: they are cut out one by one, in order, and the last one returns the array if it is a chunk. Without
 * ByteArrayInputStream's locks.
 */
public final class ArrayMessage extends InboundMessage {
  private static final byte[] EMPTY = {};

  /** An array of its own that is no shorter has little to gain from being copied behind another. */
  private static final int WORTH_COPYING = 1024;

  private final int size;
  private byte[] body;
  /** Where the last of the messages behind this one ends. */
  private int limit;
  /** Where the array belongs, {@code null} for an array that is garbage afterwards. */
  private @Nullable InboundChunkPool pool;

  private boolean released;

  /**
   * @param body the bytes without the prefix; the array is the message's from now on
   * @param compressed the prefix's flag
   */
  public ArrayMessage(byte[] body, boolean compressed) {
    this(body, 0, body.length, body.length, compressed, null);
  }

  ArrayMessage(
      byte[] body,
      int start,
      int size,
      int limit,
      boolean compressed,
      @Nullable InboundChunkPool pool) {
    super(start, size, compressed);
    this.body = body;
    this.size = size;
    this.limit = limit;
    this.pool = pool;
  }

  @Override
  public @Nullable InboundMessage following() {
    if (end == limit) {
      return next;
    }
    int length = (body[end + 1] & 0xff) << 24
        | (body[end + 2] & 0xff) << 16
        | (body[end + 3] & 0xff) << 8
        | (body[end + 4] & 0xff);
    ArrayMessage behind =
        new ArrayMessage(body, end + PREFIX_LENGTH, length, limit, body[end] == 1, pool);
    behind.next = next;
    return behind;
  }

  @Override
  boolean append(InboundMessage other) {
    if (!(other instanceof ArrayMessage small)) {
      return false;
    }
    int bytes = small.limit - small.position;
    if ((small.pool == null && bytes >= WORTH_COPYING) || !makeRoom(PREFIX_LENGTH + bytes)) {
      return false;
    }
    FramedMessage.writePrefix(body, limit, small.isCompressed(), small.size);
    System.arraycopy(small.body, small.position, body, limit + PREFIX_LENGTH, bytes);
    limit += PREFIX_LENGTH + bytes;
    small.end = small.limit;
    small.release();
    return true;
  }

  private boolean makeRoom(int bytes) {
    int needed = limit - position + bytes;
    if (needed > InboundChunkPool.CHUNK) {
      return false;
    }
    if (limit + bytes > body.length) {
      move(new byte[Math.min(InboundChunkPool.CHUNK, Math.max(needed, 2 * body.length))]);
    }
    return true;
  }

  @Override
  public void trim() {
    int used = limit - position;
    if (pool != null && used < InboundChunkPool.CHUNK * 3 / 4) {
      move(new byte[used]);
    }
  }

  private void move(byte[] target) {
    System.arraycopy(body, position, target, 0, limit - position);
    if (pool != null) {
      pool.returnChunk(body);
      pool = null;
    }
    body = target;
    limit -= position;
    end -= position;
    position = 0;
    mark = 0;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void release() {
    byte[] chunk = body;
    InboundChunkPool to = pool;
    released = true;
    body = EMPTY;
    pool = null;
    if (to != null && end == limit) {
      to.returnChunk(chunk);
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
    if (pool != null) {
      // Copies: the array will hold other messages.
      return super.transferTo(out);
    }
    int count = available();
    out.write(body, position, count);
    position = end;
    return count;
  }
}
