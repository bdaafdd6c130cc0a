// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.frame;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Detects from the first bytes of a connection that the peer does not speak HTTP/2, and says what
 * it speaks instead.
 */
public final class NonHttp2Detector {

  /** Bytes that are needed for the decision: the header of a frame. */
  private static final int ENOUGH = Framer.HEADER_LENGTH;

  private static final int SETTINGS = 4;
  private static final int ACK = 1;
  private static final int TLS_ALERT = 0x15;
  private static final int TLS_HANDSHAKE = 0x16;
  private static final int LONGEST_QUOTE = 80;

  private NonHttp2Detector() {}

  /**
   * Whether there are enough bytes for {@link #problem}. A TLS alert, which a TLS server sends in
   * response to plaintext, is shorter than the header of a frame.
   */
  public static boolean hasEnoughBytes(ByteBuf in) {
    return in.readableBytes() >= ENOUGH || speaksTls(in);
  }

  private static boolean speaksTls(ByteBuf in) {
    if (in.readableBytes() < 2) {
      return false;
    }
    int first = in.getUnsignedByte(in.readerIndex());
    // As the first byte of a frame's length it would be over 1 MiB, which we do not allow.
    return (first == TLS_ALERT || first == TLS_HANDSHAKE)
        && in.getUnsignedByte(in.readerIndex() + 1) == 3;
  }

  /**
   * Checks that the first frame is SETTINGS and not an ACK (RFC 9113 section 3.4).
   *
   * @param in bytes of which {@link #hasEnoughBytes} is true
   * @return the description of what is wrong, {@code null} if nothing is
   */
  public static @Nullable String problem(ByteBuf in) {
    int at = in.readerIndex();
    if (speaksTls(in)) {
      return "the server speaks TLS, but this channel speaks plaintext: use TLS (ssl.enabled: true,"
          + " or useTransportSecurity())";
    }
    if (in.toString(at, 5, StandardCharsets.US_ASCII).equals("HTTP/")) {
      return "the server speaks HTTP/1, not HTTP/2; it answered \"" + firstLine(in) + "\"";
    }
    int type = in.getUnsignedByte(at + 3);
    // The reserved bit must be ignored (RFC 9113 section 4.1).
    int streamId = in.getInt(at + 5) & Integer.MAX_VALUE;
    if (type != SETTINGS || streamId != 0) {
      return "the server does not speak HTTP/2: its first bytes are not a SETTINGS frame";
    }
    if ((in.getUnsignedByte(at + 4) & ACK) != 0) {
      return "the server's first frame is a SETTINGS ACK, where its own SETTINGS must come first";
    }
    return null;
  }

  private static String firstLine(ByteBuf in) {
    int length = Math.min(in.readableBytes(), LONGEST_QUOTE);
    String text = in.toString(in.readerIndex(), length, StandardCharsets.ISO_8859_1);
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < text.length() && text.charAt(i) >= ' ' && text.charAt(i) < 0x7F; i++) {
      line.append(text.charAt(i));
    }
    return line.toString();
  }
}
