// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.frame;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Looks at the first bytes of a peer that was expected to speak HTTP/2, and says what it speaks instead. */
public final class NonHttp2Detector {

  /** A frame header: what is needed before the peer can be judged. */
  private static final int ENOUGH = Framer.HEADER_LENGTH;

  private static final int SETTINGS = 4;
  private static final int ACK = 1;
  private static final int TLS_ALERT = 0x15;
  private static final int TLS_HANDSHAKE = 0x16;
  private static final int LONGEST_QUOTE = 80;

  private NonHttp2Detector() {}

  /** Whether the peer can be judged: a TLS alert, all that a TLS server says to plaintext, is shorter than a frame. */
  public static boolean hasEnoughBytes(ByteBuf in) {
    return in.readableBytes() >= ENOUGH || speaksTls(in);
  }

  private static boolean speaksTls(ByteBuf in) {
    if (in.readableBytes() < 2) {
      return false;
    }
    int first = in.getUnsignedByte(in.readerIndex());
    // As the length of a frame it would be above every limit.
    return (first == TLS_ALERT || first == TLS_HANDSHAKE)
        && in.getUnsignedByte(in.readerIndex() + 1) == 3;
  }

  /**
   * The first frame must be SETTINGS, and not an ACK (RFC 9113 section 3.4).
   *
   * @param in as much as {@link #hasEnoughBytes}
   * @return what is wrong, {@code null} if nothing is
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
    // Without the reserved bit, which means nothing (RFC 9113 section 4.1).
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
