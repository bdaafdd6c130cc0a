// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.allocation;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * One response as frames: headers, messages in DATA of 16 KiB at most, trailers with status 0. The
 * header blocks leave HPACK's dynamic table alone, so the same bytes serve every stream.
 */
final class CannedAnswer {

  private static final int MAX_PAYLOAD = 16_384;
  private static final int DATA = 0x0;
  private static final int HEADERS = 0x1;
  private static final int END_STREAM = 0x1;
  private static final int END_HEADERS = 0x4;

  private final byte[] headers;
  private final byte[] trailers;
  private final byte[] body;

  /**
   * @param message the serialised message
   * @param count how many of it
   */
  CannedAnswer(byte[] message, int count) {
    // Literals without indexing (RFC 7541 section 6.2.2), but :status 200, which is entry 8.
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(0x88);
    literal(block, "content-type", "application/grpc");
    headers = block.toByteArray();
    block.reset();
    literal(block, "grpc-status", "0");
    trailers = block.toByteArray();
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      messages.write(0);
      FrameBytes.int32(messages, message.length);
      messages.writeBytes(message);
    }
    body = messages.toByteArray();
  }

  void writeTo(ByteArrayOutputStream out, int streamId) {
    FrameBytes.header(out, headers.length, HEADERS, END_HEADERS, streamId);
    out.writeBytes(headers);
    for (int at = 0; at < body.length; at += MAX_PAYLOAD) {
      int length = Math.min(MAX_PAYLOAD, body.length - at);
      FrameBytes.header(out, length, DATA, 0, streamId);
      out.write(body, at, length);
    }
    FrameBytes.header(out, trailers.length, HEADERS, END_HEADERS | END_STREAM, streamId);
    out.writeBytes(trailers);
  }

  private static void literal(ByteArrayOutputStream block, String name, String value) {
    block.write(0);
    string(block, name);
    string(block, value);
  }

  private static void string(ByteArrayOutputStream block, String text) {
    block.write(text.length());
    block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }
}
