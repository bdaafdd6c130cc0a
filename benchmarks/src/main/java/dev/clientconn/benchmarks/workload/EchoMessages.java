// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.workload;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPOutputStream;

/** Makes the messages of calls, whose bytes are zeros, and frames them as gRPC does. */
public final class EchoMessages {

  /** A byte that says whether the message is compressed, and four bytes of length. */
  private static final int PREFIX_BYTES = 5;

  private EchoMessages() {}

  public static BytesValue payload(int bytes) {
    return BytesValue.of(ByteString.copyFrom(new byte[bytes]));
  }

  /** The encoded message behind its five-byte prefix, uncompressed. */
  public static byte[] framed(int payloadBytes) {
    return framed(false, payload(payloadBytes).toByteArray());
  }

  /** The encoded message behind its five-byte prefix, compressed by gzip. */
  public static byte[] compressed(int payloadBytes) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(body)) {
      zip.write(payload(payloadBytes).toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return framed(true, body.toByteArray());
  }

  private static byte[] framed(boolean compressed, byte[] body) {
    return ByteBuffer.allocate(PREFIX_BYTES + body.length)
        .put((byte) (compressed ? 1 : 0))
        .putInt(body.length)
        .put(body)
        .array();
  }
}
