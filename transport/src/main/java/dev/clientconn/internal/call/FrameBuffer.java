// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import io.grpc.Status;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;

/** Collects a message of unknown length behind room for its prefix; refuses to grow past a limit. */
final class FrameBuffer extends OutputStream {
  private static final int INITIAL_BODY = 507;

  private final int maxBody;
  private byte[] frame = new byte[FramedMessage.PREFIX_LENGTH + INITIAL_BODY];
  private int end = FramedMessage.PREFIX_LENGTH;

  FrameBuffer(int maxBody) {
    this.maxBody = maxBody;
  }

  @Override
  public void write(int value) {
    makeRoom(1);
    frame[end++] = (byte) value;
  }

  @Override
  public void write(byte[] source, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, source.length);
    makeRoom(length);
    System.arraycopy(source, offset, frame, end, length);
    end += length;
  }

  int bodySize() {
    return end - FramedMessage.PREFIX_LENGTH;
  }

  /** The frame, its prefix written. */
  byte[] toFrame(boolean compressed) {
    byte[] exact = end == frame.length ? frame : Arrays.copyOf(frame, end);
    writePrefix(exact, compressed);
    return exact;
  }

  static void writePrefix(byte[] frame, boolean compressed) {
    int length = frame.length - FramedMessage.PREFIX_LENGTH;
    frame[0] = (byte) (compressed ? 1 : 0);
    frame[1] = (byte) (length >>> 24);
    frame[2] = (byte) (length >>> 16);
    frame[3] = (byte) (length >>> 8);
    frame[4] = (byte) length;
  }

  static void checkSize(long bodySize, int maxBody) {
    if (bodySize > maxBody) {
      throw Status.RESOURCE_EXHAUSTED
          .withDescription("message too large " + bodySize + " > " + maxBody
              + " bytes; raise the outbound limit or send less")
          .asRuntimeException();
    }
  }

  private void makeRoom(int length) {
    long needed = (long) bodySize() + length;
    checkSize(needed, maxBody);
    if (needed > frame.length - FramedMessage.PREFIX_LENGTH) {
      long grown = Math.max(needed + FramedMessage.PREFIX_LENGTH, frame.length * 2L);
      frame = Arrays.copyOf(frame, (int) Math.min(grown, Integer.MAX_VALUE - 8));
    }
  }
}
