// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import static dev.clientconn.internal.message.FramedMessage.PREFIX_LENGTH;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads a small message from an array. The array may contain the next messages following this one,
 * each with its prefix: {@link #following} creates them one by one, in order. If the array is a
 * pooled chunk, releasing the last of them returns it. Has none of the locks of
 * ByteArrayInputStream.
 */
public final class ArrayMessage extends InboundMessage {
  private static final byte[] EMPTY = {};

  /**
   * Messages of at least this length in an unpooled array are not copied: the saving is small.
   * Bytes.
   */
  private static final int WORTH_COPYING = 1024;

  private final int size;
  private byte[] body;
  /** Index following the last of the packed messages. */
  private int limit;
  /**
   * The pool that the array is returned to, {@code null} for an array that is left to the
   * collector.
   */
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
    ArrayMessage following =
        new ArrayMessage(body, end + PREFIX_LENGTH, length, limit, body[end] == 1, pool);
    following.next = next;
    return following;
  }

  @Override
  boolean append(InboundMessage other) {
    if (!(other instanceof ArrayMessage small)) {
      return false;
    }
    int bytes = small.limit - small.position;
    if ((small.pool == null && bytes >= WORTH_COPYING) || !ensureRoom(PREFIX_LENGTH + bytes)) {
      return false;
    }
    FramedMessage.writePrefix(body, limit, small.isCompressed(), small.size);
    System.arraycopy(small.body, small.position, body, limit + PREFIX_LENGTH, bytes);
    limit += PREFIX_LENGTH + bytes;
    small.end = small.limit;
    small.release();
    return true;
  }

  private boolean ensureRoom(int bytes) {
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
    // Messages are released in order, so the last one is the last that uses the chunk. If it is
    // never released, because the application does not request it, the chunk is garbage.
    if (to != null && end == limit) {
      to.returnChunk(chunk);
    }
  }

  private void checkNotReleased() throws IOException {
    if (released) {
      throw new IOException(CLOSED);
    }
  }

  @Override
  public int read() throws IOException {
    checkNotReleased();
    return position == end ? -1 : body[position++] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    checkNotReleased();
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
    checkNotReleased();
    if (pool != null) {
      // Must copy: the stream could retain the chunk, which other messages will use.
      return super.transferTo(out);
    }
    int count = available();
    out.write(body, position, count);
    position = end;
    return count;
  }
}
