// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import static dev.clientconn.internal.message.FramedMessage.PREFIX_LENGTH;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Packs the small messages that a stream receives in one turn of the loop into one array, in their
 * wire format: an array of their length if they are few, a chunk of {@link InboundChunkPool}
 * otherwise. They are delivered as one {@link InboundMessage}, which the executor of the call
 * splits into messages.
 */
@EventLoopConfined
public final class SmallMessagePacker {

  /** Longest body, bytes. A message is not split, so at most a quarter of a chunk stays unused. */
  public static final int LONGEST = InboundChunkPool.CHUNK / 4 - PREFIX_LENGTH;

  /**
   * Longest unpooled array, bytes: chunks that wait for a slow application should not be nearly
   * empty.
   */
  private static final int LONGEST_ARRAY = InboundChunkPool.CHUNK / 16;

  private final InboundChunkPool pool;
  private byte @Nullable [] packed;
  private int used;
  /** Length of the first message, whose prefix is not in the array. */
  private int firstSize;

  private boolean firstCompressed;

  public SmallMessagePacker(InboundChunkPool pool) {
    this.pool = pool;
  }

  public boolean isEmpty() {
    return packed == null;
  }

  /** Bytes, prefixes included, that can be added before {@link #take} must be called. */
  public int room() {
    return InboundChunkPool.CHUNK - used;
  }

  /** Reads complete messages of at most {@link #room} bytes, prefixes included. */
  public void add(ByteBuf data, int length) {
    int remaining = length;
    if (packed == null) {
      boolean compressed = data.readUnsignedByte() == 1;
      begin(data.readInt(), compressed, length - PREFIX_LENGTH);
      remaining -= PREFIX_LENGTH;
    }
    data.readBytes(reserve(remaining), used, remaining);
    used += remaining;
  }

  /**
   * Adds a message that is in an array; with its prefix it must not be longer than {@link #room}.
   */
  public void add(byte[] body, int length, boolean compressed) {
    if (packed == null) {
      begin(length, compressed, length);
    } else {
      FramedMessage.writePrefix(reserve(PREFIX_LENGTH), used, compressed, length);
      used += PREFIX_LENGTH;
    }
    System.arraycopy(body, 0, reserve(length), used, length);
    used += length;
  }

  private void begin(int size, boolean compressed, int bytes) {
    firstSize = size;
    firstCompressed = compressed;
    packed = bytes > LONGEST_ARRAY ? pool.take() : new byte[bytes];
  }

  /** Returns the array with room for more bytes; replaces it by a longer one if necessary. */
  private byte[] reserve(int bytes) {
    byte[] array = Objects.requireNonNull(packed);
    int needed = used + bytes;
    if (needed <= array.length) {
      return array;
    }
    byte[] larger = needed > LONGEST_ARRAY
        ? pool.take()
        : new byte[Math.min(LONGEST_ARRAY, Math.max(needed, 2 * array.length))];
    System.arraycopy(array, 0, larger, 0, used);
    packed = larger;
    return larger;
  }

  /** Returns the messages so far as one, and starts again. There must be at least one. */
  public InboundMessage take() {
    byte[] array = Objects.requireNonNull(packed);
    InboundMessage messages = new ArrayMessage(
        array,
        0,
        firstSize,
        used,
        firstCompressed,
        array.length == InboundChunkPool.CHUNK ? pool : null);
    packed = null;
    used = 0;
    return messages;
  }
}
