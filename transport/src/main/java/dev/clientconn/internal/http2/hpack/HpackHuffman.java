// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.hpack;

import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;

/** HPACK's Huffman code (RFC 7541 appendix B), the encoding half. It is canonical: the lengths say all. */
final class HpackHuffman {

  /** How many bits the code of each byte has, in base 36. */
  private static final String LENGTHS =
      "dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6ca"
          + "d67777777777777777777777878djde6f56565666577666567655677777fbeds"
          + "kmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmn"
          + "qqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrq";

  private static final int BYTES = 256;
  private static final int LONGEST = 30;
  private static final int[] CODES = codes();

  private HpackHuffman() {}

  /** Bytes that a string becomes. */
  static int encodedLength(AsciiString string) {
    long bits = 0;
    for (int i = 0; i < string.length(); i++) {
      bits += bits(string.byteAt(i) & 0xff);
    }
    return (int) ((bits + 7) / 8);
  }

  static void encode(AsciiString string, ByteBuf out) {
    long pending = 0;
    int count = 0;
    for (int i = 0; i < string.length(); i++) {
      int octet = string.byteAt(i) & 0xff;
      pending = (pending << bits(octet)) | CODES[octet];
      count += bits(octet);
      while (count >= Byte.SIZE) {
        count -= Byte.SIZE;
        out.writeByte((int) (pending >> count));
      }
    }
    if (count > 0) {
      // The rest is padded with ones (section 5.2).
      int padding = Byte.SIZE - count;
      out.writeByte((int) (pending << padding) | ((1 << padding) - 1));
    }
  }

  private static int bits(int octet) {
    return Character.digit(LENGTHS.charAt(octet), Character.MAX_RADIX);
  }

  /** Shorter codes come first, and among those of a length that of the lower byte. */
  private static int[] codes() {
    int[] codes = new int[BYTES];
    int next = 0;
    for (int length = 1; length <= LONGEST; length++) {
      next <<= 1;
      for (int octet = 0; octet < BYTES; octet++) {
        if (bits(octet) == length) {
          codes[octet] = next++;
        }
      }
    }
    return codes;
  }
}
