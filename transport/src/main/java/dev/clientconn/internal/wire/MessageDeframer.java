// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import dev.clientconn.internal.message.ChunkPool;
import dev.clientconn.internal.message.Chunks;
import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.message.InboundMessage;
import dev.clientconn.internal.message.SmallMessages;
import dev.clientconn.internal.threading.EventLoopConfined;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the DATA of one stream into gRPC messages. Copies each body once, off the network's buffer, which stays the
 * caller's. A body gets memory as its bytes arrive, at most a chunk ahead of them, whatever length the peer announces.
 * Does not decompress. After an exception the stream is at no known place: the deframer is of no more use.
 */
@EventLoopConfined
public final class MessageDeframer {

  /** Flag and length in front of each message, bytes. */
  static final int PREFIX_LENGTH = FramedMessage.PREFIX_LENGTH;

  private static final byte[] EMPTY = {};

  /** Takes whole messages. */
  @FunctionalInterface
  public interface Sink {
    void message(InboundMessage message);
  }

  private final int maxMessageSize;
  private final ChunkPool pool;

  /** How much of the prefix has been read; stays at all of it while the body comes in. */
  private byte prefixRead;

  private short flag;
  private int length;
  /** The body, if it fits into one chunk. */
  private byte @Nullable [] array;
  /** The body, if it does not. */
  private @Nullable Chunks chunks;

  private int bodyRead;

  private boolean delivered;
  /** Made by the second message: a unary call never needs it. */
  private @Nullable SmallMessages small;

  /**
   * @param maxMessageSize longest body accepted, bytes
   */
  public MessageDeframer(int maxMessageSize) {
    this(maxMessageSize, ChunkPool.SHARED);
  }

  /**
   * @param maxMessageSize longest body accepted, bytes
   * @param pool what bodies longer than a chunk are gathered in
   */
  public MessageDeframer(int maxMessageSize, ChunkPool pool) {
    this.maxMessageSize = maxMessageSize;
    this.pool = pool;
  }

  /**
   * Reads {@code data} to its end and gives every message that is complete to {@code sink}.
   *
   * @throws MessageException INTERNAL for a malformed prefix, RESOURCE_EXHAUSTED for a message over the limit; the
   *     messages before it have been delivered
   */
  public void deframe(ByteBuf data, Sink sink) throws MessageException {
    while (data.isReadable()) {
      if (prefixRead < PREFIX_LENGTH && !readPrefix(data)) {
        return;
      }
      if (delivered && bodyRead == 0 && isSmall() && length <= data.readableBytes()) {
        deliver(readSmall(data), sink);
        continue;
      }
      readBody(data);
      if (bodyRead == length) {
        deliver(gathered(), sink);
      }
    }
  }

  /** Bytes still to come of the message it is in, as far as known; 0 between messages. */
  public int missing() {
    if (prefixRead < PREFIX_LENGTH) {
      return prefixRead == 0 ? 0 : PREFIX_LENGTH - prefixRead;
    }
    return length - bodyRead;
  }

  /** Whether a message has begun and not ended. */
  public boolean midMessage() {
    return prefixRead > 0;
  }

  /** Returns whether the prefix is complete. */
  private boolean readPrefix(ByteBuf data) throws MessageException {
    if (prefixRead == 0 && data.readableBytes() >= PREFIX_LENGTH) {
      flag = data.readUnsignedByte();
      length = data.readInt();
      prefixRead = PREFIX_LENGTH;
    }
    while (prefixRead < PREFIX_LENGTH) {
      if (!data.isReadable()) {
        return false;
      }
      int b = data.readUnsignedByte();
      if (prefixRead++ == 0) {
        flag = (short) b;
      } else {
        length = length << 8 | b;
      }
    }
    checkPrefix();
    return true;
  }

  private void checkPrefix() throws MessageException {
    if (flag > 1) {
      throw new MessageException(Status.INTERNAL.withDescription(
          "malformed gRPC message: its compressed flag is " + flag + ", neither 0 nor 1"));
    }
    // Lengths of 2 GiB and more come out negative.
    if (length < 0 || length > maxMessageSize) {
      throw new MessageException(
          Status.RESOURCE_EXHAUSTED.withDescription("gRPC message exceeds maximum size "
              + maxMessageSize
              + ": "
              + Integer.toUnsignedLong(length)));
    }
  }

  private void readBody(ByteBuf data) {
    int taken = Math.min(data.readableBytes(), length - bodyRead);
    if (!isSmall()) {
      readChunks(data, taken);
    } else if (taken > 0) {
      if (array == null) {
        array = new byte[length];
      }
      data.readBytes(array, bodyRead, taken);
    }
    bodyRead += taken;
  }

  private void readChunks(ByteBuf data, int taken) {
    if (chunks == null) {
      chunks = new Chunks(pool);
    }
    int left = taken;
    while (left > 0) {
      int run = Math.min(left, chunks.tailRoom());
      data.readBytes(chunks.tail(), chunks.tailStart(), run);
      chunks.added(run);
      left -= run;
    }
  }

  private InboundMessage readSmall(ByteBuf data) {
    if (small == null) {
      small = new SmallMessages(pool);
    }
    byte[] room = small.room(length);
    data.readBytes(room, small.start(), length);
    return small.written(length, flag == 1);
  }

  private InboundMessage gathered() {
    boolean compressed = flag == 1;
    return chunks == null
        ? InboundMessage.of(array == null ? EMPTY : array, compressed)
        : InboundMessage.of(chunks, compressed);
  }

  private void deliver(InboundMessage message, Sink sink) {
    prefixRead = 0;
    length = 0;
    bodyRead = 0;
    array = null;
    chunks = null;
    delivered = true;
    sink.message(message);
  }

  private boolean isSmall() {
    return length <= ChunkPool.CHUNK;
  }

  /** The messages that were delivered are about to leave the event loop. */
  public void endBatch() {
    if (small != null) {
      small.endBatch();
    }
  }
}
