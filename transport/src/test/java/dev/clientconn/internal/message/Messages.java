// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * Converts arrays to messages and back. A message has the form that its length gives it in a call.
 */
public final class Messages {

  private Messages() {}

  /** Returns a message to send, in chunks if it is longer than one. */
  public static FramedMessage framed(byte[] frame) {
    int uncompressed = frame.length - FramedMessage.PREFIX_LENGTH;
    return frame.length > InboundChunkPool.CHUNK
        ? FramedMessage.of(outbound(OutboundChunkPool.SHARED, frame), uncompressed)
        : FramedMessage.of(frame, uncompressed);
  }

  public static InboundMessage inbound(byte[] body, boolean compressed) {
    return body.length > InboundChunkPool.CHUNK
        ? new ChunkedMessage(chunks(InboundChunkPool.SHARED, body), compressed)
        : new ArrayMessage(body, compressed);
  }

  /** Returns a received message of any length in chunks of this pool. */
  public static InboundMessage inbound(InboundChunkPool pool, byte[] body) {
    return new ChunkedMessage(chunks(pool, body), false);
  }

  static InboundChunks chunks(InboundChunkPool pool, byte[] bytes) {
    InboundChunks chunks = new InboundChunks(pool);
    chunks.add(bytes, 0, bytes.length);
    return chunks;
  }

  static OutboundChunks outbound(OutboundChunkPool pool, byte[] bytes) {
    OutboundChunks chunks = new OutboundChunks(pool);
    chunks.add(bytes, 0, bytes.length);
    return chunks;
  }

  /** Sends the message and returns its bytes. */
  public static byte[] bytes(FramedMessage message) {
    Received all = new Received();
    message.writeTo(0, message.length(), all);
    return all.bytes();
  }

  /** Bytes of the process's chunks in use by messages to send, lost ones included. */
  public static long bytesInUse() {
    return OutboundChunkPool.SHARED.bytesInUse();
  }

  /** Collects what is sent, and releases it. */
  static class Received implements FramedMessage.Output {
    private final ByteArrayOutputStream all = new ByteArrayOutputStream();

    @Override
    public void copyBytes(byte[] source, int offset, int length) {
      all.write(source, offset, length);
    }

    @Override
    public void addBuffer(ByteBuf part) {
      all.writeBytes(ByteBufUtil.getBytes(part));
      part.release();
    }

    int size() {
      return all.size();
    }

    byte[] bytes() {
      return all.toByteArray();
    }
  }

  public static byte[] bytes(InboundMessage message) {
    try (InputStream body = message) {
      return body.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
