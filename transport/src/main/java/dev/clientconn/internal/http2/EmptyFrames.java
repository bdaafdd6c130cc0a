// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;

/**
 * Counts frames that cost a peer nine bytes, no window, and bring nothing: DATA without bytes that
 * does not end its stream (RFC 9113 section 10.5). Some servers flush with one, so only a long row
 * of them is abuse.
 */
@EventLoopConfined
final class EmptyFrames {

  static final int MAX_IN_A_ROW = 1_000;

  private int inARow;

  /** Counts a frame of DATA. Returns false if there have been too many empty ones in a row. */
  boolean allows(int length, boolean endOfStream) {
    inARow = length > 0 || endOfStream ? 0 : inARow + 1;
    return inARow <= MAX_IN_A_ROW;
  }
}
