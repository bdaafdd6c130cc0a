// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.hpack;

import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;

/**
 * Encodes strings in HPACK's Huffman code (RFC 7541 appendix B). The code is canonical, so the
 * lengths of the codes define it.
 */
final class HpackHuffman {

  /** Length of the code of each byte in bits, one digit of base 36 each. */
  private static final String LENGTHS =
      "dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6ca"
          + "d67777777777777777777777878djde6f56565666577666567655677777fbeds"
          + "kmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmn"
          + "qqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrq";

  private static final int BYTES = 256;
  private static final int LONGEST = 30;
  private static final int[] CODES = codes();

  private HpackHuffman() {}

  /** Returns the encoded length, bytes. */
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
      // The last byte is padded with ones (section 5.2).
      int padding = Byte.SIZE - count;
      out.writeByte((int) (pending << padding) | ((1 << padding) - 1));
    }
  }

  private static int bits(int octet) {
    return Character.digit(LENGTHS.charAt(octet), Character.MAX_RADIX);
  }

  /**
   * Assigns codes in the order of their length, those of equal length in the order of the bytes.
   */
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
