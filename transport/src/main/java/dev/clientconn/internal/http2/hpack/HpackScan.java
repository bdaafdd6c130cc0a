// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.hpack;

import io.netty.buffer.ByteBuf;

/**
 * Finds out from the representations of a header block (RFC 7541 section 6), without decoding it,
 * whether it changes the dynamic table.
 */
public final class HpackScan {

  private static final int INDEXED = 0x80;
  private static final int INDEXED_PREFIX = 7;
  /**
   * Literal with incremental indexing, and the dynamic table's size update: the two that change the
   * table.
   */
  private static final int CHANGES_TABLE = 0x60;

  private static final int LITERAL_PREFIX = 4;
  private static final int STRING_PREFIX = 7;
  private static final int MAX_INTEGER_SHIFT = 21;

  private HpackScan() {}

  /**
   * Whether the block leaves the dynamic table unchanged. If so, the same bytes mean the same
   * fields until another block changes the table.
   *
   * @return false also for a malformed block, such as a truncated one
   */
  public static boolean leavesTableUnchanged(ByteBuf block, int index, int length) {
    int end = index + length;
    int at = index;
    while (at >= 0 && at < end) {
      int first = block.getByte(at);
      if ((first & INDEXED) != 0) {
        at = afterInteger(block, at, end, INDEXED_PREFIX);
      } else if ((first & CHANGES_TABLE) != 0) {
        return false;
      } else {
        boolean literalName = (first & 0xf) == 0;
        at = afterInteger(block, at, end, LITERAL_PREFIX);
        at = literalName ? afterString(block, at, end) : at;
        at = afterString(block, at, end);
      }
    }
    return at == end;
  }

  /** Returns the index behind an integer (section 5.1), -1 if it is truncated. */
  private static int afterInteger(ByteBuf block, int at, int end, int prefix) {
    if (at < 0 || at >= end) {
      return -1;
    }
    int full = (1 << prefix) - 1;
    int next = at + 1;
    if ((block.getByte(at) & full) == full) {
      while (next < end && block.getByte(next) < 0) {
        next++;
      }
      next++;
    }
    return next <= end ? next : -1;
  }

  /** Returns the index behind a string (section 5.2), -1 if it is truncated. */
  private static int afterString(ByteBuf block, int at, int end) {
    int body = afterInteger(block, at, end, STRING_PREFIX);
    if (body < 0) {
      return -1;
    }
    int full = (1 << STRING_PREFIX) - 1;
    int length = block.getByte(at) & full;
    int shift = 0;
    for (int i = at + 1; i < body; i++) {
      if (shift > MAX_INTEGER_SHIFT) {
        return -1;
      }
      length += (block.getByte(i) & full) << shift;
      shift += 7;
    }
    return length <= end - body ? body + length : -1;
  }
}
