// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.util.AsciiString;
import java.util.Arrays;
import java.util.Base64;

/**
 * Converts between metadata of io.grpc and header fields. The only class that uses
 * {@link InternalMetadata}. Does not copy a byte array where a field uses the whole of it: neither
 * side writes to it.
 */
public final class MetadataCodec {

  private static final Base64.Encoder ENCODER = Base64.getEncoder().withoutPadding();

  /** Accepts values with and without padding. */
  private static final Base64.Decoder DECODER = Base64.getDecoder();

  private static final byte[] EMPTY = {};

  private static final MetadataNames NAMES = new MetadataNames();

  private MetadataCodec() {}

  /**
   * Returns the metadata of a received block: all fields but pseudo-headers and, of trailers,
   * {@code grpc-status} and {@code grpc-message}.
   *
   * @throws MalformedHeaderException if the value of a binary header is not base64
   */
  public static Metadata decode(HeaderBlock block, boolean trailers)
      throws MalformedHeaderException {
    byte[][] namesAndValues = null;
    int entries = 0;
    for (int i = 0; i < block.count(); i++) {
      AsciiString name = AsciiString.of(block.name(i));
      if (isDropped(name, trailers)) {
        continue;
      }
      if (namesAndValues == null) {
        namesAndValues = new byte[2 * (block.count() - i)][];
      }
      AsciiString value = AsciiString.of(block.value(i));
      if (HeaderNames.isBinary(name)) {
        int values = 1 + commas(value);
        // A field with joined values becomes several entries.
        int needed = 2 * (entries + values + block.count() - i - 1);
        if (needed > namesAndValues.length) {
          namesAndValues = Arrays.copyOf(namesAndValues, needed);
        }
        entries = decodeBinary(name, value, namesAndValues, entries);
      } else {
        namesAndValues[2 * entries] = bytes(name);
        namesAndValues[2 * entries++ + 1] = bytes(value);
      }
    }
    return namesAndValues == null
        ? new Metadata()
        : InternalMetadata.newMetadata(entries, namesAndValues);
  }

  /** Returns the number of entries, reserved ones included. */
  static int count(Metadata metadata) {
    return InternalMetadata.headerCount(metadata);
  }

  /**
   * Writes names and values into {@code list} from index {@code at}. Skips reserved names, and
   * removes spaces around values, for which strict servers reset the stream (RFC 9113 section
   * 8.2.1). Returns the index behind the last.
   *
   * @throws io.grpc.StatusRuntimeException INTERNAL if a value is not made of printable ASCII
   */
  static int encode(Metadata metadata, AsciiString[] list, int at) {
    if (count(metadata) == 0) {
      return at;
    }
    byte[][] namesAndValues = InternalMetadata.serialize(metadata);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      AsciiString name = NAMES.of(namesAndValues[i]);
      byte[] value = namesAndValues[i + 1];
      if (HeaderNames.isReserved(name)) {
        continue;
      }
      list[at++] = name;
      list[at++] = HeaderNames.isBinary(name)
          ? new AsciiString(ENCODER.encode(value), false)
          : text(name, value);
    }
    return at;
  }

  private static AsciiString text(AsciiString name, byte[] value) {
    checkPrintable(name, value);
    int start = 0;
    int end = value.length;
    while (start < end && value[start] == ' ') {
      start++;
    }
    while (end > start && value[end - 1] == ' ') {
      end--;
    }
    return new AsciiString(value, start, end - start, false);
  }

  /** With a line break, a value could add headers where a proxy forwards by HTTP/1. */
  private static void checkPrintable(AsciiString name, byte[] value) {
    for (int i = 0; i < value.length; i++) {
      if (value[i] < 0x20 || value[i] == 0x7f) {
        throw Status.INTERNAL
            .withDescription(String.format(
                "metadata \"%s\" has byte 0x%02x at index %d: only printable ASCII can be sent;"
                    + " use a key that ends in \"-bin\" for other data",
                name, value[i], i))
            .asRuntimeException();
      }
    }
  }

  private static boolean isDropped(AsciiString name, boolean trailers) {
    return HeaderNames.isPseudo(name)
        || (trailers
            && (HeaderNames.GRPC_STATUS.contentEquals(name)
                || HeaderNames.GRPC_MESSAGE.contentEquals(name)));
  }

  /**
   * Decodes a binary field; intermediaries may have joined values (gRPC over HTTP/2,
   * "Custom-Metadata").
   */
  private static int decodeBinary(
      AsciiString name, AsciiString value, byte[][] namesAndValues, int entries)
      throws MalformedHeaderException {
    byte[] nameBytes = bytes(name);
    int start = 0;
    while (true) {
      int comma = value.indexOf(',', start);
      int end = comma < 0 ? value.length() : comma;
      boolean whole = start == 0 && end == value.length();
      AsciiString part = whole ? value : value.subSequence(start, end, false).trim();
      try {
        namesAndValues[2 * entries] = nameBytes;
        // One array for all empty values: a field of commas only must not allocate for each.
        namesAndValues[2 * entries++ + 1] = part.isEmpty() ? EMPTY : DECODER.decode(bytes(part));
      } catch (IllegalArgumentException notBase64) {
        throw new MalformedHeaderException(name.toString());
      }
      if (comma < 0) {
        return entries;
      }
      start = comma + 1;
    }
  }

  private static int commas(AsciiString value) {
    int commas = 0;
    for (int i = value.indexOf(',', 0); i >= 0; i = value.indexOf(',', i + 1)) {
      commas++;
    }
    return commas;
  }

  private static byte[] bytes(AsciiString string) {
    return string.isEntireArrayUsed() ? string.array() : string.toByteArray();
  }
}
