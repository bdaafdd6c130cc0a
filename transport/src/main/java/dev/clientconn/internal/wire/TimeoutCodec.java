// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import io.netty.util.AsciiString;

/** Encodes the value of {@code grpc-timeout}. */
public final class TimeoutCodec {

  private static final long MAX_VALUE = 99_999_999;
  private static final byte[] UNITS = {'n', 'u', 'm', 'S', 'M', 'H'};

  /** Nanoseconds of each unit. */
  private static final long[] NANOS = {
    1, 1_000, 1_000_000, 1_000_000_000L, 60_000_000_000L, 3_600_000_000_000L
  };

  private TimeoutCodec() {}

  /**
   * Encodes in the finest unit with at most 8 digits, rounded up so that the server does not end
   * the call before the client.
   *
   * @param nanos remaining time; 0 and less become {@code 1n}, since the protocol requires a
   *     positive integer (gRPC over HTTP/2, "TimeoutValue")
   */
  public static AsciiString encode(long nanos) {
    long left = Math.max(nanos, 1);
    int unit = 0;
    long value = left;
    while (value > MAX_VALUE) {
      unit++;
      value = left / NANOS[unit] + (left % NANOS[unit] == 0 ? 0 : 1);
    }
    return format((int) value, UNITS[unit]);
  }

  private static AsciiString format(int value, byte unit) {
    int digits = 1;
    for (int rest = value / 10; rest > 0; rest /= 10) {
      digits++;
    }
    byte[] text = new byte[digits + 1];
    text[digits] = unit;
    int rest = value;
    for (int i = digits - 1; i >= 0; i--) {
      text[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return new AsciiString(text, false);
  }
}
