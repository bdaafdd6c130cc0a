// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import dev.clientconn.internal.threading.EventLoopConfined;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the DATA of one stream into gRPC messages. Copies each body once, off the network's buffer, which stays the
 * caller's. Does not decompress. After an exception the stream is at no known place: the deframer is of no more use.
 */
@EventLoopConfined
public final class MessageDeframer {

  /** Flag and length in front of each message, bytes. */
  static final int PREFIX_LENGTH = 5;

  /** How much memory a peer gets for announcing a length; for more it must send. */
  static final int UNPROVEN_LENGTH = 64 * 1024;

  /** How many bytes of memory each byte sent buys: enough for few copies, too little to make a flood of. */
  static final int GROWTH = 16;

  /** Takes whole messages. */
  @FunctionalInterface
  public interface Sink {

    /**
     * A message.
     *
     * @param body its bytes without the prefix; the array is the sink's from now on
     * @param compressed the prefix's flag
     */
    void message(byte[] body, boolean compressed);
  }

  private final int maxMessageSize;

  /** How much of the prefix has been read; stays at all of it while the body comes in. */
  private int prefixRead;

  private int flag;
  private int length;
  private byte @Nullable [] body;
  private int bodyRead;

  /**
   * @param maxMessageSize longest body accepted, bytes
   */
  public MessageDeframer(int maxMessageSize) {
    this.maxMessageSize = maxMessageSize;
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
      readBody(data);
      if (bodyRead == length) {
        deliver(sink);
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
        flag = b;
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
    byte[] target = roomFor(taken);
    data.readBytes(target, bodyRead, taken);
    bodyRead += taken;
  }

  private byte[] roomFor(int more) {
    byte[] target = body;
    if (target == null) {
      target = new byte[Math.min(length, Math.max(UNPROVEN_LENGTH, more))];
    } else if (target.length < bodyRead + more) {
      long grown = (long) GROWTH * target.length;
      int capacity = (int) Math.min(length, Math.max(grown, (long) bodyRead + more));
      target = Arrays.copyOf(target, capacity);
    }
    body = target;
    return target;
  }

  private void deliver(Sink sink) {
    // As long as the body: it never grows beyond its length, and it is full.
    byte[] message = body;
    boolean compressed = flag == 1;
    prefixRead = 0;
    length = 0;
    bodyRead = 0;
    body = null;
    if (message != null) {
      sink.message(message, compressed);
    }
  }
}
