// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.message.ArrayMessage;
import dev.clientconn.internal.message.ChunkedMessage;
import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.message.InboundChunkPool;
import dev.clientconn.internal.message.InboundChunks;
import dev.clientconn.internal.message.InboundMessage;
import dev.clientconn.internal.message.SmallMessagePacker;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Splits the DATA of one stream into gRPC messages. Copies each message once out of the read
 * buffer, which the caller still owns. Small ones are packed into shared arrays, so that
 * undelivered messages take little more memory than on the wire. Memory for a body is allocated as
 * its bytes arrive, at most one chunk in advance, so a peer cannot make us allocate by announcing a
 * length. Does not decompress. After an exception the position in the stream is unknown, and only
 * {@link #deliverPacked} may be called.
 */
@EventLoopConfined
public final class MessageDeframer {

  /** Length of the prefix (flag and length of the body), bytes. */
  static final int PREFIX_LENGTH = FramedMessage.PREFIX_LENGTH;

  private static final byte[] EMPTY = {};

  /** Receives complete messages. */
  @FunctionalInterface
  public interface Sink {
    /** Takes over a message, and those packed behind it ({@link InboundMessage#following}). */
    void message(InboundMessage message);
  }

  private final int maxMessageSize;
  private final InboundChunkPool pool;

  /** Bytes of the prefix that have been read; unchanged while the body arrives. */
  private byte prefixRead;

  private short flag;
  private int length;
  /** The body so far, if its length is at most one chunk. */
  private byte @Nullable [] array;
  /** The body so far, if it is longer. */
  private @Nullable InboundChunks chunks;

  private int bodyRead;

  /** Whether the first message has been delivered. For most calls it is the only one. */
  private boolean delivered;
  /** Created for the second message: a unary call never needs it. */
  private @Nullable SmallMessagePacker small;

  /**
   * @param maxMessageSize longest body accepted, bytes
   */
  public MessageDeframer(int maxMessageSize) {
    this(maxMessageSize, InboundChunkPool.SHARED);
  }

  /**
   * @param maxMessageSize longest body accepted, bytes
   * @param pool provides the chunks of longer bodies and of packed messages
   */
  public MessageDeframer(int maxMessageSize, InboundChunkPool pool) {
    this.maxMessageSize = maxMessageSize;
    this.pool = pool;
  }

  /**
   * Reads {@code data} to its end and passes complete messages to {@code sink}; small ones may be
   * retained until {@link #deliverPacked}. Returns the number of messages that are complete.
   *
   * @throws MessageException INTERNAL for a malformed prefix, RESOURCE_EXHAUSTED for a message over
   *     the limit; the messages before it have been accepted
   */
  public int deframe(ByteBuf data, Sink sink) throws MessageException {
    int complete = 0;
    while (data.isReadable()) {
      int packed = delivered && prefixRead == 0 ? packWhole(data, sink) : 0;
      if (packed > 0) {
        complete += packed;
        continue;
      }
      if (prefixRead < PREFIX_LENGTH && !readPrefix(data)) {
        return complete;
      }
      readBody(data);
      if (bodyRead == length) {
        deliver(sink);
        complete++;
      }
    }
    return complete;
  }

  /** Packs small messages that are complete in the buffer. Returns how many. */
  private int packWhole(ByteBuf data, Sink sink) {
    long whole = wholeMessages(data, InboundChunkPool.CHUNK);
    if (whole == 0) {
      return 0;
    }
    SmallMessagePacker packer = packer();
    if ((int) whole > packer.room()) {
      whole = wholeMessages(data, packer.room());
      if (whole == 0) {
        deliverPacked(sink);
        whole = wholeMessages(data, packer.room());
      }
    }
    packer.add(data, (int) whole);
    return (int) (whole >>> Integer.SIZE);
  }

  /**
   * Returns the length of the small messages that are complete in the buffer, at most {@code most},
   * and in the upper half their number; stops before a malformed one.
   */
  private long wholeMessages(ByteBuf data, int most) {
    long count = 0;
    int start = data.readerIndex();
    int end = start + Math.min(most, data.readableBytes());
    int at = start;
    while (end - at >= PREFIX_LENGTH) {
      int body = data.getInt(at + 1);
      boolean small = body >= 0 && body <= Math.min(SmallMessagePacker.LONGEST, maxMessageSize);
      if (!small || data.getUnsignedByte(at) > 1 || body > end - at - PREFIX_LENGTH) {
        break;
      }
      at += PREFIX_LENGTH + body;
      count++;
    }
    return count << Integer.SIZE | (at - start);
  }

  private SmallMessagePacker packer() {
    if (small == null) {
      small = new SmallMessagePacker(pool);
    }
    return small;
  }

  /** Returns the missing bytes of the incomplete message, as far as known; 0 between messages. */
  public int bytesMissing() {
    if (prefixRead < PREFIX_LENGTH) {
      return prefixRead == 0 ? 0 : PREFIX_LENGTH - prefixRead;
    }
    return length - bodyRead;
  }

  /** Whether there is an incomplete message. */
  public boolean isMidMessage() {
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
    // The length is unsigned: 2 GiB and more are negative here.
    if (length < 0 || length > maxMessageSize) {
      throw new MessageException(
          Status.RESOURCE_EXHAUSTED.withDescription("gRPC message exceeds maximum size "
              + maxMessageSize
              + ": "
              + Integer.toUnsignedLong(length)));
    }
  }

  private void readBody(ByteBuf data) {
    int count = Math.min(data.readableBytes(), length - bodyRead);
    if (!isSmall()) {
      readChunks(data, count);
    } else if (count > 0) {
      if (array == null) {
        array = new byte[length];
      }
      data.readBytes(array, bodyRead, count);
    }
    bodyRead += count;
  }

  private void readChunks(ByteBuf data, int count) {
    if (chunks == null) {
      chunks = new InboundChunks(pool);
    }
    int remaining = count;
    while (remaining > 0) {
      int run = Math.min(remaining, chunks.tailRoom());
      data.readBytes(chunks.tail(), chunks.tailStart(), run);
      chunks.added(run);
      remaining -= run;
    }
  }

  private void deliver(Sink sink) {
    if (delivered && length <= SmallMessagePacker.LONGEST) {
      if (PREFIX_LENGTH + length > packer().room()) {
        deliverPacked(sink);
      }
      packer().add(array == null ? EMPTY : array, length, flag == 1);
      endMessage();
    } else {
      deliverPacked(sink);
      InboundMessage message = completed();
      endMessage();
      sink.message(message);
    }
  }

  private InboundMessage completed() {
    boolean compressed = flag == 1;
    return chunks == null
        ? new ArrayMessage(array == null ? EMPTY : array, compressed)
        : new ChunkedMessage(chunks, compressed);
  }

  private void endMessage() {
    prefixRead = 0;
    length = 0;
    bodyRead = 0;
    array = null;
    chunks = null;
    delivered = true;
  }

  private boolean isSmall() {
    return length <= InboundChunkPool.CHUNK;
  }

  /** Whether there are packed messages to deliver. */
  public boolean hasPackedMessages() {
    return small != null && !small.isEmpty();
  }

  /**
   * Passes on the packed messages. Called when the events of the turn are delivered to the call.
   */
  public void deliverPacked(Sink sink) {
    if (small != null && !small.isEmpty()) {
      sink.message(small.take());
    }
  }
}
