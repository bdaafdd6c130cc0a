// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.util.List;
import java.util.Set;

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
