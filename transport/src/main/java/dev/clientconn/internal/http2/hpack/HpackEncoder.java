// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.hpack;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.wire.HeaderNames;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Encodes header fields by HPACK (RFC 7541) for one connection. Produces the same bytes as Netty's
 * encoder with a fraction of its memory: Netty allocates the full table for every connection, idle
 * ones included. Does not check the peer's limit on header lists.
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

  /** Shorter strings are sent uncompressed: the CPU time costs more than the bytes. */
  private static final int HUFFMAN_THRESHOLD = 512;

  private static final int NO_UPDATE = -1;

  private final HpackTable table = new HpackTable();
  /** In addition to those of {@link HeaderNames}; usually empty. */
  private final Set<AsciiString> neverIndexed;

  /**
   * The smallest table size since the last block. It must be announced even if the size has grown
   * again (section 4.2), for the peer has to evict the same fields.
   */
  private int smallestUpdate = NO_UPDATE;

  /**
   * @param neverIndexed lower-case names that are never indexed, besides those that never are
   */
  public HpackEncoder(Set<String> neverIndexed) {
    Set<AsciiString> names = new HashSet<>();
    for (String name : neverIndexed) {
      names.add(AsciiString.of(name));
    }
    this.neverIndexed = Set.copyOf(names);
  }

  /** Sets the table's size. The next block announces it to the peer (section 4.2). */
  public void maxTableSize(int bytes) {
    if (bytes != table.maxSize()) {
      smallestUpdate = smallestUpdate == NO_UPDATE ? bytes : Math.min(smallestUpdate, bytes);
      table.maxSize(bytes);
    }
  }

  /**
   * Appends the fields to the block at the end of {@code out}. Returns whether the table is
   * unchanged.
   */
  public boolean encode(Http2Headers headers, ByteBuf out) {
    boolean tableUnchanged = !writeSizeUpdates(out);
    for (Map.Entry<CharSequence, CharSequence> header : headers) {
      AsciiString name = AsciiString.of(header.getKey());
      AsciiString value = AsciiString.of(header.getValue());
      if (isNeverIndexed(name)) {
        writeLiteral(NEVER_INDEXED, LITERAL_PREFIX, name, value, out);
      } else if (!table.fits(name, value)) {
        encodeTooLarge(name, value, out);
      } else {
        tableUnchanged &= encodeIndexed(name, value, out);
      }
    }
    return tableUnchanged;
  }

  private boolean isNeverIndexed(AsciiString name) {
    return HeaderNames.isNeverIndexed(name)
        || (!neverIndexed.isEmpty() && neverIndexed.contains(name));
  }

  private boolean writeSizeUpdates(ByteBuf out) {
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

  /**
   * Encodes a field that is larger than the whole table: to add it would empty the table (section
   * 4.4).
   */
  private void encodeTooLarge(AsciiString name, AsciiString value, ByteBuf out) {
    int index = HpackStaticTable.index(HpackStaticTable.index(name), value);
    if (index > 0) {
      integer(INDEXED, INDEXED_PREFIX, index, out);
    } else {
      writeLiteral(NOT_ADDED, LITERAL_PREFIX, name, value, out);
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
    // Before the name is written by its index: what is evicted must not be referred to.
    table.evictFor(name, value);
    writeLiteral(ADDED, ADDED_PREFIX, name, value, out);
    table.add(name, value);
    return false;
  }

  private void writeLiteral(
      int kind, int prefix, AsciiString name, AsciiString value, ByteBuf out) {
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

  /** Writes an integer (section 5.1). */
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
