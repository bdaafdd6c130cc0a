// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import java.nio.charset.StandardCharsets;

/** Encodes the description of a status for the header {@code grpc-message}. */
final class StatusText {

  private StatusText() {}

  /** Percent-encodes what is no printable ASCII character, and the percent sign. */
  static String encode(String description) {
    StringBuilder encoded = new StringBuilder(description.length());
    for (byte b : description.getBytes(StandardCharsets.UTF_8)) {
      if (b >= ' ' && b < 0x7f && b != '%') {
        encoded.append((char) b);
      } else {
        encoded.append("%%%02X".formatted(b & 0xff));
      }
    }
    return encoded.toString();
  }
}
