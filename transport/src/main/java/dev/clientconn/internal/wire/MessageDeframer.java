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
 * Finds the gRPC messages in the DATA of one stream. Copies each once, out of the network's buffer, which stays the
 * caller's: small ones side by side, so that undelivered messages take little more memory than they took on the wire. A
 * body gets memory as its bytes arrive, at most a chunk ahead of them, whatever length the peer announces. Does not
 * decompress. After an exception the stream is at no known place, and only {@link #deliverPacked} may be called.
 */
@EventLoopConfined
public final class MessageDeframer {

  /** Flag and length in front of each message, bytes. */
  static final int PREFIX_LENGTH = FramedMessage.PREFIX_LENGTH;

  private static final byte[] EMPTY = {};

  /** Takes whole messages. */
  @FunctionalInterface
  public interface Sink {
    /** A message, and those that it holds ({@link InboundMessage#following}). */
    void message(InboundMessage message);
  }

  private final int maxMessageSize;
  private final InboundChunkPool pool;

  /** How much of the prefix has been read; stays at all of it while the body comes in. */
  private byte prefixRead;

  private short flag;
  private int length;
  /** The body that is gathered, if it fits into one chunk. */
  private byte @Nullable [] array;
  /** The body, if it does not. */
  private @Nullable InboundChunks chunks;

  private int bodyRead;

  /** The first message has been delivered, which for most calls is the only one. */
  private boolean delivered;
  /** Made by the second message: a unary call never needs it. */
  private @Nullable SmallMessagePacker small;

  /**
   * @param maxMessageSize longest body accepted, bytes
   */
  public MessageDeframer(int maxMessageSize) {
    this(maxMessageSize, InboundChunkPool.SHARED);
  }

  /**
   * @param maxMessageSize longest body accepted, bytes
   * @param pool what bodies longer than a chunk are gathered in
   */
  public MessageDeframer(int maxMessageSize, InboundChunkPool pool) {
    this.maxMessageSize = maxMessageSize;
    this.pool = pool;
  }

  /**
   * Reads {@code data} to its end and gives the messages that are complete to {@code sink}, small ones no later than at
   * {@link #deliverPacked}.
   *
   * @throws MessageException INTERNAL for a malformed prefix, RESOURCE_EXHAUSTED for a message over the limit; the
   *     messages before it are delivered
   */
  public void deframe(ByteBuf data, Sink sink) throws MessageException {
    while (data.isReadable()) {
      if (delivered && prefixRead == 0 && packWhole(data, sink)) {
        continue;
      }
      if (prefixRead < PREFIX_LENGTH && !readPrefix(data)) {
        return;
      }
      readBody(data);
      if (bodyRead == length) {
        deliver(sink);
      }
    }
  }

  /** Packs the small messages that are here from the first to the last byte. Returns whether there is one. */
  private boolean packWhole(ByteBuf data, Sink sink) {
    int whole = wholeMessages(data, InboundChunkPool.CHUNK);
    if (whole == 0) {
      return false;
    }
    SmallMessagePacker packer = packer();
    if (whole > packer.room()) {
      whole = wholeMessages(data, packer.room());
    }
    if (whole == 0) {
      deliverPacked(sink);
    } else {
      packer.add(data, whole);
    }
    return true;
  }

  /** How many bytes the small messages are that begin and end here, without a malformed one; no more than {@code most}. */
  private int wholeMessages(ByteBuf data, int most) {
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
    }
    return at - start;
  }

  private SmallMessagePacker packer() {
    if (small == null) {
      small = new SmallMessagePacker(pool);
    }
    return small;
  }

  /** Bytes still to come of the message it is in, as far as known; 0 between messages. */
  public int bytesMissing() {
    if (prefixRead < PREFIX_LENGTH) {
      return prefixRead == 0 ? 0 : PREFIX_LENGTH - prefixRead;
    }
    return length - bodyRead;
  }

  /** Whether a message has begun and not ended. */
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
      chunks = new InboundChunks(pool);
    }
    int left = taken;
    while (left > 0) {
      int run = Math.min(left, chunks.tailRoom());
      data.readBytes(chunks.tail(), chunks.tailStart(), run);
      chunks.added(run);
      left -= run;
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
      InboundMessage message = gathered();
      endMessage();
      sink.message(message);
    }
  }

  private InboundMessage gathered() {
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

  /** Whether {@link #deliverPacked} would deliver something. */
  public boolean hasPackedMessages() {
    return small != null && !small.isEmpty();
  }

  /** Delivers the messages that have been packed: they are about to leave the event loop. */
  public void deliverPacked(Sink sink) {
    if (small != null && !small.isEmpty()) {
      sink.message(small.take());
    }
  }
}
