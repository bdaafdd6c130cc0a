// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.protobuf.BytesValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/**
 * How the server behaves at one of its ports.
 *
 * @param kind what it is called with
 * @param requestBytes bytes in each request's value
 * @param responseBytes bytes in each response's value
 * @param messages responses of a server stream, requests of a client stream; else 1
 * @param gzip responses are compressed by gzip, and their headers say so
 * @param tls TLS with a certificate of its own and ALPN
 * @param rttMillis simulated round trip: what the client sends is heard this much later; 0 for none
 */
record ServerSetting(
    CallKind kind,
    int requestBytes,
    int responseBytes,
    int messages,
    boolean gzip,
    boolean tls,
    int rttMillis) {

  private static final Set<String> WORDS =
      Set.of("kind", "request", "response", "messages", "gzip", "tls", "rtt");

  ServerSetting {
    if (requestBytes < 0 || responseBytes < 0 || messages < 1 || rttMillis < 0) {
      throw new IllegalArgumentException("bytes and a round trip are 0 or more, messages 1 or more,"
          + " not request="
          + requestBytes
          + ",response="
          + responseBytes
          + ",messages="
          + messages
          + ",rtt="
          + rttMillis);
    }
  }

  /** Unary calls, or server streams where the shape has more messages than one. */
  static ServerSetting of(ResponseShape shape) {
    CallKind kind = shape.streaming() ? CallKind.SERVER_STREAM : CallKind.UNARY;
    return new ServerSetting(kind, 0, shape.payloadBytes(), shape.messages(), false, false, 0);
  }

  /** Those that {@link #textOf} printed. */
  static List<ServerSetting> parseAll(String texts) {
    return List.of(texts.split(";")).stream().map(ServerSetting::parse).toList();
  }

  static String textOf(List<ServerSetting> settings) {
    return settings.stream().map(ServerSetting::text).collect(Collectors.joining(";"));
  }

  /** What {@link #text()} printed. */
  static ServerSetting parse(String text) {
    CommandLine line = new CommandLine(
        List.of(text.split(",")).stream().map(word -> "--" + word).toList(), WORDS);
    return new ServerSetting(
        CallKind.named(line.text("kind", "unary")),
        line.number("request", 100),
        line.number("response", 100),
        line.number("messages", 1),
        line.has("gzip"),
        line.has("tls"),
        line.number("rtt", 0));
  }

  /** Responses to one call, where they do not follow its requests. */
  int responses() {
    return kind == CallKind.SERVER_STREAM ? messages : 1;
  }

  /** One response behind its prefix, compressed where the setting says so. */
  byte[] responseMessage() {
    BytesValue message = ResponseShape.payload(responseBytes);
    return gzip ? compressed(message.toByteArray()) : ResponseShape.framed(message);
  }

  private static byte[] compressed(byte[] body) {
    ByteArrayOutputStream framed = new ByteArrayOutputStream();
    framed.writeBytes(new byte[ResponseShape.GRPC_PREFIX_BYTES]);
    try (GZIPOutputStream zip = new GZIPOutputStream(framed)) {
      zip.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] bytes = framed.toByteArray();
    bytes[0] = 1;
    ByteBuffer.wrap(bytes).putInt(1, bytes.length - ResponseShape.GRPC_PREFIX_BYTES);
    return bytes;
  }

  String text() {
    return "kind="
        + kind.label()
        + ",request="
        + requestBytes
        + ",response="
        + responseBytes
        + ",messages="
        + messages
        + (gzip ? ",gzip" : "")
        + (tls ? ",tls" : "")
        + ",rtt="
        + rttMillis;
  }
}
