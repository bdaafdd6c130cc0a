// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.hpack;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.wire.HeaderNames;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * HPACK's encoder of a connection (RFC 7541). Writes the bytes that Netty's would, but holds a fraction of its memory,
 * which a connection that rests has as much of as a busy one. Does not check the peer's limit on header lists.
 */
@EventLoopConfined
public final class HpackEncoder {

  private static final int INDEXED = 0x80;
  private static final int INDEXED_PREFIX = 7;
  private static final int ADDED = 0x40;
  private static final int ADDED_PREFIX = 6;
  private static final int SIZE_UPDATE = 0x20;
  private static final int SIZE_UPDATE_PREFIX = 5;
  private static final int NEVER_INDEXED = 0x10;
  private static final int NOT_ADDED = 0;
  private static final int LITERAL_PREFIX = 4;
  private static final int HUFFMAN = 0x80;
  private static final int STRING_PREFIX = 7;

  /** Shorter strings are not worth the time. */
  private static final int HUFFMAN_THRESHOLD = 512;

  private static final int NO_UPDATE = -1;

  private final HpackTable table = new HpackTable();
  /** Besides those of {@link HeaderNames}; empty as a rule. */
  private final Set<AsciiString> neverIndexed;

  /** The smallest size since the last block, which the peer must hear of even if it grew again (section 4.2). */
  private int smallestUpdate = NO_UPDATE;

  /**
   * @param neverIndexed lower-case names that stay out of the table, besides those that always do
   */
  public HpackEncoder(Set<String> neverIndexed) {
    this.neverIndexed =
        neverIndexed.stream().map(AsciiString::of).collect(Collectors.toUnmodifiableSet());
  }

  /** Sets the table's size; the next block tells the peer. */
  public void maxTableSize(int bytes) {
    if (bytes != table.maxSize()) {
      smallestUpdate = smallestUpdate == NO_UPDATE ? bytes : Math.min(smallestUpdate, bytes);
      table.maxSize(bytes);
    }
  }

  /** Appends fields to the block that {@code out} ends with. Returns whether the table is as it was. */
  public boolean encode(Http2Headers headers, ByteBuf out) {
    boolean leavesTable = !tellSize(out);
    for (Map.Entry<CharSequence, CharSequence> header : headers) {
      AsciiString name = AsciiString.of(header.getKey());
      AsciiString value = AsciiString.of(header.getValue());
      if (isNeverIndexed(name)) {
        literal(NEVER_INDEXED, LITERAL_PREFIX, name, value, out);
      } else if (!table.fits(name, value)) {
        encodeUnfit(name, value, out);
      } else {
        leavesTable &= encodeIndexed(name, value, out);
      }
    }
    return leavesTable;
  }

  private boolean isNeverIndexed(AsciiString name) {
    return HeaderNames.isNeverIndexed(name)
        || (!neverIndexed.isEmpty() && neverIndexed.contains(name));
  }

  private boolean tellSize(ByteBuf out) {
    if (smallestUpdate == NO_UPDATE) {
      return false;
    }
    if (smallestUpdate < table.maxSize()) {
      integer(SIZE_UPDATE, SIZE_UPDATE_PREFIX, smallestUpdate, out);
    }
    integer(SIZE_UPDATE, SIZE_UPDATE_PREFIX, table.maxSize(), out);
    smallestUpdate = NO_UPDATE;
    return true;
  }

  private void encodeUnfit(AsciiString name, AsciiString value, ByteBuf out) {
    int index = HpackStaticTable.index(HpackStaticTable.index(name), value);
    if (index > 0) {
      integer(INDEXED, INDEXED_PREFIX, index, out);
    } else {
      literal(NOT_ADDED, LITERAL_PREFIX, name, value, out);
    }
  }

  private boolean encodeIndexed(AsciiString name, AsciiString value, ByteBuf out) {
    int index = table.index(name, value);
    if (index == 0) {
      index = HpackStaticTable.index(HpackStaticTable.index(name), value);
    }
    if (index > 0) {
      integer(INDEXED, INDEXED_PREFIX, index, out);
      return true;
    }
    table.makeRoom(name, value);
    literal(ADDED, ADDED_PREFIX, name, value, out);
    table.add(name, value);
    return false;
  }

  private void literal(int kind, int prefix, AsciiString name, AsciiString value, ByteBuf out) {
    int index = HpackStaticTable.index(name);
    if (index == 0) {
      index = table.index(name);
    }
    integer(kind, prefix, index, out);
    if (index == 0) {
      string(name, out);
    }
    string(value, out);
  }

  private static void string(AsciiString string, ByteBuf out) {
    int length = string.length();
    if (length >= HUFFMAN_THRESHOLD) {
      int encoded = HpackHuffman.encodedLength(string);
      if (encoded < length) {
        integer(HUFFMAN, STRING_PREFIX, encoded, out);
        HpackHuffman.encode(string, out);
        return;
      }
    }
    integer(0, STRING_PREFIX, length, out);
    out.writeBytes(string.array(), string.arrayOffset(), length);
  }

  /** Section 5.1. */
  private static void integer(int kind, int prefix, int value, ByteBuf out) {
    int full = (1 << prefix) - 1;
    if (value < full) {
      out.writeByte(kind | value);
      return;
    }
    out.writeByte(kind | full);
    int rest = value - full;
    while (rest >= 0x80) {
      out.writeByte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.writeByte(rest);
  }
}
