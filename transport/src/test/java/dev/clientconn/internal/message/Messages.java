// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Messages to and from plain arrays, in the form that their length would give them. */
public final class Messages {

  private Messages() {}

  /** In chunks if it is longer than one. */
  public static FramedMessage framed(byte[] frame) {
    int uncompressed = frame.length - FramedMessage.PREFIX_LENGTH;
    return frame.length > ChunkPool.CHUNK
        ? FramedMessage.of(chunks(ChunkPool.SHARED, frame), uncompressed)
        : FramedMessage.of(frame, uncompressed);
  }

  public static InboundMessage inbound(byte[] body, boolean compressed) {
    return body.length > ChunkPool.CHUNK
        ? InboundMessage.of(chunks(ChunkPool.SHARED, body), compressed)
        : InboundMessage.of(body, compressed);
  }

  /** In chunks of this pool, whatever its length. */
  public static InboundMessage inbound(ChunkPool pool, byte[] body) {
    return InboundMessage.of(chunks(pool, body), false);
  }

  static Chunks chunks(ChunkPool pool, byte[] bytes) {
    Chunks chunks = new Chunks(pool);
    chunks.add(bytes, 0, bytes.length);
    return chunks;
  }

  public static byte[] bytes(FramedMessage message) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    message.copy(0, message.length(), all::write);
    return all.toByteArray();
  }

  public static byte[] bytes(InboundMessage message) {
    try (InputStream body = message.open()) {
      return body.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
