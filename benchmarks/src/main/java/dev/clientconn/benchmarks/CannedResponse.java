// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import static dev.clientconn.benchmarks.FrameWriter.END_HEADERS;
import static dev.clientconn.benchmarks.FrameWriter.END_STREAM;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of one answer. Its header blocks use HPACK's static table and literals without indexing (RFC 7541 §6.2.2), so
 * the same bytes serve every stream of every connection. Immutable.
 */
final class CannedResponse {

  private final byte[] headers = headerBlock();
  private final byte[] trailers = trailerBlock();
  private final byte[] message;
  private final long dataBytes;

  CannedResponse(ResponseShape shape) {
    this.message = shape.framedMessage();
    this.dataBytes = shape.dataBytes();
  }

  long dataBytes() {
    return dataBytes;
  }

  void writeHeaders(ByteBuf out, int streamId) {
    FrameWriter.header(out, headers.length, Http2FrameTypes.HEADERS, END_HEADERS, streamId);
    out.writeBytes(headers);
  }

  void writeTrailers(ByteBuf out, int streamId) {
    byte flags = END_HEADERS | END_STREAM;
    FrameWriter.header(out, trailers.length, Http2FrameTypes.HEADERS, flags, streamId);
    out.writeBytes(trailers);
  }

  /** One DATA frame: {@code length} bytes of the messages, from {@code offset} into all of them. */
  void writeData(ByteBuf out, int streamId, long offset, int length) {
    FrameWriter.header(out, length, Http2FrameTypes.DATA, FrameWriter.NO_FLAGS, streamId);
    int at = (int) (offset % message.length);
    for (int left = length; left > 0; ) {
      int run = Math.min(left, message.length - at);
      out.writeBytes(message, at, run);
      left -= run;
      at = 0;
    }
  }

  /** {@code :status: 200} is entry 8 of the static table, {@code content-type} the name of entry 31. */
  private static byte[] headerBlock() {
    byte[] value = "application/grpc".getBytes(StandardCharsets.US_ASCII);
    byte[] block = new byte[4 + value.length];
    block[0] = (byte) 0x88;
    block[1] = 0x0f;
    block[2] = 31 - 0x0f;
    block[3] = (byte) value.length;
    System.arraycopy(value, 0, block, 4, value.length);
    return block;
  }

  private static byte[] trailerBlock() {
    byte[] name = "grpc-status".getBytes(StandardCharsets.US_ASCII);
    byte[] block = new byte[4 + name.length];
    block[1] = (byte) name.length;
    System.arraycopy(name, 0, block, 2, name.length);
    block[2 + name.length] = 1;
    block[3 + name.length] = '0';
    return block;
  }
}
