// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static dev.clientconn.internal.message.FramedMessage.PREFIX_LENGTH;

import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.message.MessageBuffer;
import dev.clientconn.internal.message.OutboundChunks;
import io.grpc.Status;

/**
 * Collects the bytes of a message behind space for its 5-byte prefix, in an array or in pooled
 * chunks; throws RESOURCE_EXHAUSTED when it would exceed a limit. Every user must call {@link
 * #discard} at the end.
 */
final class FramedMessageWriter extends MessageBuffer<OutboundChunks> {
  private final int maxBody;
  private boolean framed;

  /**
   * @param maxBody bytes
   * @param expected length of the body, bytes; 0 if unknown
   */
  FramedMessageWriter(int maxBody, int expected) {
    super(OutboundChunks::new, PREFIX_LENGTH, PREFIX_LENGTH + expected);
    this.maxBody = maxBody;
  }

  @Override
  protected void checkSize(long newSize) {
    checkSize(newSize - PREFIX_LENGTH, maxBody);
  }

  int bodySize() {
    return size() - PREFIX_LENGTH;
  }

  /**
   * Ends the message and writes its prefix.
   *
   * @param uncompressedSize of the body, bytes
   */
  FramedMessage toFrame(boolean compressed, int uncompressedSize) {
    int body = bodySize();
    OutboundChunks chunks = sealChunks();
    framed = true;
    if (chunks != null) {
      byte[] prefix = new byte[PREFIX_LENGTH];
      FramedMessage.writePrefix(prefix, 0, compressed, body);
      chunks.overwriteStart(prefix);
      return FramedMessage.of(chunks, uncompressedSize);
    }
    byte[] frame = sealArray();
    FramedMessage.writePrefix(frame, 0, compressed, body);
    return FramedMessage.of(frame, uncompressedSize);
  }

  /** Releases the memory, unless a frame has been made of it. Nothing can be written afterwards. */
  void discard() {
    OutboundChunks chunks = sealChunks();
    if (chunks != null && !framed) {
      chunks.release();
    }
  }

  static void checkSize(long bodySize, int maxBody) {
    if (bodySize > Math.min(maxBody, Integer.MAX_VALUE - PREFIX_LENGTH)) {
      throw Status.RESOURCE_EXHAUSTED
          .withDescription("message too large " + bodySize + " > " + maxBody
              + " bytes; raise the outbound limit (CallOptions.withMaxOutboundMessageSize; the"
              + " property outbound.message.max-size with Spring) or send less")
          .asRuntimeException();
    }
  }
}
