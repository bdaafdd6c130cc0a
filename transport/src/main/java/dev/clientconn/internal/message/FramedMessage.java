// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

/**
 * A message as it goes on the wire: the 5-byte prefix and the body. Its bytes must not change. Whoever writes it is its
 * owner until a stream has it, and then the event loop is.
 */
public abstract class FramedMessage {

  /** Flag and length in front of each message, bytes. */
  public static final int PREFIX_LENGTH = 5;

  /** Takes bytes out of a message; must not keep the array. */
  @FunctionalInterface
  public interface Target {
    void bytes(byte[] source, int offset, int length);
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
  public static FramedMessage of(Chunks frame, int uncompressedSize) {
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

  /** Copies bytes out, in order; those before {@code offset} will not be asked for again unless it is kept. */
  public abstract void copy(int offset, int length, Target target);

  /** It may be sent again from its start, whatever of it has been sent. */
  public abstract void keep();

  /** It will not be sent again after all. On the event loop of the stream that has it. */
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
    public void copy(int offset, int length, Target target) {
      target.bytes(frame, offset, length);
    }

    @Override
    public void keep() {
      // An array of its own is there as long as somebody has it.
    }

    @Override
    public void letGo() {
      // As above.
    }
  }

  private static final class InChunks extends FramedMessage {
    private final Chunks frame;
    private boolean kept;
    private int copied;

    InChunks(Chunks frame, int uncompressedSize) {
      super(uncompressedSize);
      this.frame = frame;
    }

    @Override
    public int length() {
      return frame.size();
    }

    @Override
    public void copy(int offset, int length, Target target) {
      int end = offset + length;
      int position = offset;
      while (position < end) {
        byte[] chunk = frame.chunkOf(position);
        if (chunk == null) {
          throw new IllegalStateException("byte " + position + " was sent and not kept");
        }
        int run = Math.min(end - position, frame.runAt(position));
        target.bytes(chunk, Chunks.startOf(position), run);
        position += run;
      }
      copied = end;
      if (!kept) {
        frame.releaseBefore(copied);
      }
    }

    @Override
    public void keep() {
      kept = true;
      copied = 0;
    }

    @Override
    public void letGo() {
      kept = false;
      frame.releaseBefore(copied);
    }
  }
}
