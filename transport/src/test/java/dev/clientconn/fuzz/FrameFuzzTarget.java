// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.fuzz;

import dev.clientconn.internal.http2.FuzzedConnection;
import java.util.Arrays;

/**
 * What Jazzer calls with bytes that it bends towards code it has not seen: the first says how the
 * calls are and how the rest is cut into reads, the rest comes from the peer. See docs/testing.md.
 */
public final class FrameFuzzTarget {

  /** An empty SETTINGS frame: without it first, a peer is found out at once. */
  private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

  private static final int CALLS = 3;

  private FrameFuzzTarget() {}

  public static void fuzzerTestOneInput(byte[] input) {
    int choice = input.length == 0 ? 0 : input[0] & 0xFF;
    int read = 1 + (choice & 0x0F) * 97;
    try (FuzzedConnection connection = new FuzzedConnection()) {
      connection.receive(SETTINGS);
      for (int call = 0; call < CALLS; call++) {
        if (((choice >> (4 + call)) & 1) == 0) {
          connection.unary(10);
        } else {
          connection.streaming(10);
        }
      }
      for (int at = 1; at < input.length; at += read) {
        connection.receive(Arrays.copyOfRange(input, at, Math.min(input.length, at + read)));
      }
    }
  }
}
