// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import io.netty.buffer.ByteBuf;

/**
 * A message as it goes on the wire: the 5-byte prefix and the body. Its bytes must not change. Whoever writes it is its
 * owner until a stream has it, and then the event loop is.
 */
public abstract class FramedMessage {

  /** Flag and length in front of each message, bytes. */
  public static final int PREFIX_LENGTH = 5;

  /** Takes bytes out of a message. */
  public interface Target {

    /** Bytes to be copied before this returns. */
    void copy(byte[] source, int offset, int length);

    /** Bytes to be sent from where they are, and released afterwards. */
    void lend(ByteBuf part);
  }

  private final int uncompressedSize;

  private FramedMessage(int uncompressedSize) {
    this.uncompressedSize = uncompressedSize;
  }

  /**
   * @param frame the prefix and the body; the array is the message's from now on
   * @param uncompressedSize of the body, bytes
   */
  public static FramedMessage of(byte[] frame, int uncompressedSize) {
    return new InArray(frame, uncompressedSize);
  }

  /**
   * @param frame the prefix and the body; they are the message's from now on
   * @param uncompressedSize of the body, bytes
   */
  public static FramedMessage of(OutboundChunks frame, int uncompressedSize) {
    return new InChunks(frame, uncompressedSize);
  }

  /** Bytes on the wire, prefix included. */
  public abstract int length();

  /** Bytes of the body on the wire. */
  public final int wireSize() {
    return length() - PREFIX_LENGTH;
  }

  /** Bytes of the body before it was compressed. */
  public final int uncompressedSize() {
    return uncompressedSize;
  }

  /** Gives bytes to the target. In order, and each once unless the message is kept. */
  public abstract void send(int offset, int length, Target target);

  /** Nothing more of it will be sent, or not from here. */
  public abstract void drop();

  /**
   * It can be sent from its start, whatever was sent of it, until {@link #letGo}. By the keeper: before the message has a
   * stream, and again before it gets another.
   */
  public abstract void keep();

  /** The keeper is done with it: once, on any thread, after the last {@link #keep}. */
  public abstract void letGo();

  private static final class InArray extends FramedMessage {
    private final byte[] frame;

    InArray(byte[] frame, int uncompressedSize) {
      super(uncompressedSize);
      this.frame = frame;
    }

    @Override
    public int length() {
      return frame.length;
    }

    @Override
    public void send(int offset, int length, Target target) {
      target.copy(frame, offset, length);
    }

    // An array is there as long as somebody has it.

    @Override
    public void drop() {}

    @Override
    public void keep() {}

    @Override
    public void letGo() {}
  }

  private static final class InChunks extends FramedMessage {
    private final OutboundChunks frame;
    private boolean kept;

    InChunks(OutboundChunks frame, int uncompressedSize) {
      super(uncompressedSize);
      this.frame = frame;
    }

    @Override
    public int length() {
      return frame.size();
    }

    @Override
    public void send(int offset, int length, Target target) {
      int end = offset + length;
      int position = offset;
      while (position < end) {
        int run = Math.min(end - position, frame.runAt(position));
        target.lend(frame.part(position, run));
        position += run;
      }
    }

    @Override
    public void drop() {
      frame.release();
    }

    @Override
    public void keep() {
      if (kept) {
        frame.rewind();
      } else {
        kept = true;
        frame.retain();
      }
    }

    @Override
    public void letGo() {
      if (kept) {
        kept = false;
        frame.releaseKept();
      }
    }
  }
}
