// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

/**
 * A message as it goes on the wire. The array is shared with the stream it was written to and must not change.
 *
 * @param bytes the 5-byte prefix and the body
 * @param uncompressedSize of the body, bytes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record FramedMessage(byte[] bytes, int uncompressedSize) {
  static final int PREFIX_LENGTH = 5;

  int wireSize() {
    return bytes.length - PREFIX_LENGTH;
  }
}
