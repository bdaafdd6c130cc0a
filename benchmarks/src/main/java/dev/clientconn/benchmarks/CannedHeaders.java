// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Header blocks of HPACK's static table and literals without indexing alone (RFC 7541 §6.2.2), so that the same bytes
 * serve every stream of every connection.
 */
final class CannedHeaders {

  private static final int STATUS_200 = 0x80 | 8;
  private static final int CONTENT_TYPE = 31;
  private static final int FOUR_BIT_PREFIX = 15;

  private CannedHeaders() {}

  static byte[] headers(boolean gzip) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(STATUS_200);
    block.write(FOUR_BIT_PREFIX);
    block.write(CONTENT_TYPE - FOUR_BIT_PREFIX);
    text(block, "application/grpc");
    if (gzip) {
      literal(block, "grpc-encoding", "gzip");
    }
    return block.toByteArray();
  }

  static byte[] trailers() {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    literal(block, "grpc-status", "0");
    return block.toByteArray();
  }

  private static void literal(ByteArrayOutputStream block, String name, String value) {
    block.write(0);
    text(block, name);
    text(block, value);
  }

  /** A string without Huffman coding, shorter than 127 bytes. */
  private static void text(ByteArrayOutputStream block, String text) {
    block.write(text.length());
    block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }
}
