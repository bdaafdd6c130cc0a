// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;

/**
 * What the server answers to every call.
 *
 * @param payloadBytes bytes in each message's value, 0 or more
 * @param messages messages per call; 1 is a unary call, more a server stream
 */
record ResponseShape(int payloadBytes, int messages) {

  static final int GRPC_PREFIX_BYTES = 5;

  ResponseShape {
    if (payloadBytes < 0 || messages < 1) {
      throw new IllegalArgumentException(
          "a response needs 0 or more bytes and 1 or more messages, not "
              + payloadBytes
              + " and "
              + messages);
    }
  }

  boolean streaming() {
    return messages > 1;
  }

  /** One message behind its five-byte gRPC prefix, not compressed. */
  byte[] framedMessage() {
    return framed(payload(payloadBytes));
  }

  /** Bytes of DATA payload that one call's response takes. */
  long dataBytes() {
    return (long) messages * framedMessage().length;
  }

  static BytesValue payload(int bytes) {
    return BytesValue.of(ByteString.copyFrom(new byte[bytes]));
  }

  static byte[] framed(BytesValue message) {
    byte[] body = message.toByteArray();
    byte[] framed = new byte[GRPC_PREFIX_BYTES + body.length];
    for (int i = 0; i < 4; i++) {
      framed[1 + i] = (byte) (body.length >>> (24 - 8 * i));
    }
    System.arraycopy(body, 0, framed, GRPC_PREFIX_BYTES, body.length);
    return framed;
  }
}
