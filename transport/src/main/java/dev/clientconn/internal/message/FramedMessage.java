// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import io.netty.buffer.ByteBuf;

/**
 * Holds a message to be sent in its wire format: the 5-byte prefix and the body. The bytes must not
 * change. Counts references: one of the creator, which passes to the stream that sends the message,
 * and one of a call that may send it again (transparent retry). The last {@link #release}, on any
 * thread, returns pooled memory.
 */
public abstract class FramedMessage {

  /** Length of the prefix (flag and length of the body), bytes. */
  public static final int PREFIX_LENGTH = 5;

  /** Receives the bytes of a message. */
  public interface Output {

    /** Copies the bytes before it returns. */
    void copyBytes(byte[] source, int offset, int length);

    /**
     * Takes over a reference to a part of a chunk, and releases it after the bytes have been sent.
     */
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

  /** Writes a prefix into the array at index {@code at}. */
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

  /**
   * Passes bytes to the output. The caller must hold a reference; several threads may do so at the
   * same time, since nothing of the message changes.
   */
  public abstract void writeTo(int offset, int length, Output output);

  /** Whether the memory returns to a pool after the last {@link #release}. */
  public abstract boolean isPooled();

  /**
   * Adds a reference. Returns false if the last one has been released: then the message must not be
   * used, as its memory may hold another one. Any thread.
   */
  public abstract boolean retain();

  /** Releases one reference. Any thread. */
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

    // An array is left to the collector: its references need not be counted.

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
