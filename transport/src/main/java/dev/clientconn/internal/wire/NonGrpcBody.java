// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Collects the start of a response body that is not gRPC, such as a proxy's error page. The status
 * of the call quotes it, which shows where the response came from.
 */
@EventLoopConfined
public final class NonGrpcBody {

  /** Bytes that are collected. */
  static final int LIMIT = 1024;

  private final Status soFar;
  private final byte[] body = new byte[LIMIT];
  private int size;

  /**
   * @param soFar the status that the headers led to
   */
  public NonGrpcBody(Status soFar) {
    this.soFar = soFar;
  }

  /**
   * Copies up to the limit, and reads {@code data} to its end. Returns whether the limit is
   * reached.
   */
  public boolean add(ByteBuf data) {
    int taken = Math.min(data.readableBytes(), LIMIT - size);
    data.readBytes(body, size, taken);
    data.skipBytes(data.readableBytes());
    size += taken;
    return size == LIMIT;
  }

  /** Returns the status with the quoted body behind its description. */
  public Status toStatus() {
    String text = new String(body, 0, size, StandardCharsets.UTF_8);
    StringBuilder quoted = new StringBuilder(text.length() + 16).append("data: \"");
    for (int i = 0; i < text.length(); i++) {
      appendQuoted(quoted, text.charAt(i));
    }
    return soFar.augmentDescription(quoted.append('"').toString());
  }

  /** Escapes what would end the quotation or start a new line in a log. */
  private static void appendQuoted(StringBuilder out, char c) {
    switch (c) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> {
        if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
          out.append(String.format("\\u%04x", (int) c));
        } else {
          out.append(c);
        }
      }
    }
  }
}
