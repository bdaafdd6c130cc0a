// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.allocation;

import java.io.ByteArrayOutputStream;

/** Frames as bytes (RFC 9113 section 4.1). */
final class FrameBytes {

  private static final int WINDOW_UPDATE = 0x8;

  private FrameBytes() {}

  static void header(ByteArrayOutputStream out, int length, int type, int flags, int streamId) {
    out.write(length >>> 16);
    out.write(length >>> 8);
    out.write(length);
    out.write(type);
    out.write(flags);
    int32(out, streamId);
  }

  static void int32(ByteArrayOutputStream out, int value) {
    out.write(value >>> 24);
    out.write(value >>> 16);
    out.write(value >>> 8);
    out.write(value);
  }

  /** Credit for the connection. */
  static void windowUpdate(ByteArrayOutputStream out, int increment) {
    header(out, 4, WINDOW_UPDATE, 0, 0);
    int32(out, increment);
  }
}
