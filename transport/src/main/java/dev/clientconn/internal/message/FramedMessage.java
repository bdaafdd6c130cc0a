// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import io.netty.buffer.ByteBuf;

/**
 * Holds a message as it goes on the wire: the 5-byte prefix and the body. Its bytes must not change. It has one reference
 * for each user: at first the one who made it, then the stream that sends it and the call that may send it again. The
 * memory is used again after the last {@link #release}, which may come on any thread.
 */
public abstract class FramedMessage {

  /** Flag and length in front of each message, bytes. */
  public static final int PREFIX_LENGTH = 5;

  /** Takes bytes out of a message. */
  public interface Output {

    /** Bytes to be copied before this returns. */
    void copyBytes(byte[] source, int offset, int length);

    /** Bytes to be sent from where they are, and released afterwards. */
    void addBuffer(ByteBuf part);
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

  /** Writes the prefix of a message that begins there. */
  public static void writePrefix(byte[] target, int at, boolean compressed, int bodySize) {
    target[at] = (byte) (compressed ? 1 : 0);
    target[at + 1] = (byte) (bodySize >>> 24);
    target[at + 2] = (byte) (bodySize >>> 16);
    target[at + 3] = (byte) (bodySize >>> 8);
    target[at + 4] = (byte) bodySize;
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

  /** Gives bytes to the target. By a user who holds a reference; those who send it at the same time do not interfere. */
  public abstract void writeTo(int offset, int length, Output output);

  /** Whether its memory is used again after the last {@link #release}. */
  public abstract boolean isPooled();

  /** Adds a reference. Returns false if the last one has been released: the message must not be used. Any thread. */
  public abstract boolean retain();

  /** Gives up one reference. Any thread. */
  public abstract void release();

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
    public void writeTo(int offset, int length, Output output) {
      output.copyBytes(frame, offset, length);
    }

    // The collector counts the references of an array.

    @Override
    public boolean isPooled() {
      return false;
    }

    @Override
    public boolean retain() {
      return true;
    }

    @Override
    public void release() {}
  }

  private static final class InChunks extends FramedMessage {
    private final OutboundChunks frame;

    InChunks(OutboundChunks frame, int uncompressedSize) {
      super(uncompressedSize);
      this.frame = frame;
    }

    @Override
    public int length() {
      return frame.size();
    }

    @Override
    public void writeTo(int offset, int length, Output output) {
      int end = offset + length;
      int position = offset;
      while (position < end) {
        int run = Math.min(end - position, frame.runAt(position));
        output.addBuffer(frame.part(position, run));
        position += run;
      }
    }

    @Override
    public boolean isPooled() {
      return true;
    }

    @Override
    public boolean retain() {
      return frame.retain();
    }

    @Override
    public void release() {
      frame.release();
    }
  }
}
