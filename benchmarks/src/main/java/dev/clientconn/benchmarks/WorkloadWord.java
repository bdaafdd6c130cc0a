// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Reads {@code MODE:N[+word[=value]]...}: a stub mode and calls in flight, then {@code kind}, {@code request} and {@code
 * response} (bytes, with suffix K or M), {@code messages}, {@code deadline}, {@code metadata}, {@code gzip}, {@code metrics},
 * {@code connections}, {@code idle}, {@code tls}, {@code rtt} (ms), {@code run}, in any order.
 */
final class WorkloadWord {

  private static final Set<String> WORDS = Set.of(
      "run",
      "kind",
      "request",
      "response",
      "messages",
      "deadline",
      "metadata",
      "gzip",
      "metrics",
      "connections",
      "idle",
      "tls",
      "rtt");

  private static final int STREAM_MESSAGES = 1_000;

  private WorkloadWord() {}

  /**
   * What a workload that does not say so has.
   *
   * @param messages above 1, workloads without a kind are server streams
   */
  record Defaults(int requestBytes, int responseBytes, int messages) {

    static final Defaults STANDARD = new Defaults(100, 100, 1);
  }

  static Workload parse(String word, Defaults defaults) {
    try {
      return read(word, defaults);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("workload '" + word + "': " + e.getMessage(), e);
    }
  }

  private static Workload read(String word, Defaults defaults) {
    List<String> parts = Arrays.asList(word.split("\\+"));
    String[] head = parts.get(0).split(":", 2);
    if (head.length != 2) {
      throw new IllegalArgumentException("it must begin with MODE:N");
    }
    CommandLine line = new CommandLine(
        parts.subList(1, parts.size()).stream().map(part -> "--" + part).toList(), WORDS);
    int said = line.number("messages", defaults.messages());
    CallKind kind = line.has("kind")
        ? CallKind.named(line.text("kind", ""))
        : said > 1 ? CallKind.SERVER_STREAM : CallKind.UNARY;
    return new Workload(
        RunKind.named(line.text("run", "load")),
        StubMode.named(head[0]),
        Integer.parseInt(head[1]),
        kind,
        line.bytes("request", defaults.requestBytes()),
        line.bytes("response", defaults.responseBytes()),
        line.has("messages") ? said : messages(kind, defaults),
        new CallFeatures(
            line.has("deadline"),
            line.number("metadata", 0),
            line.has("gzip"),
            line.has("metrics")),
        new Network(
            line.number("connections", 1),
            line.number("idle", 0),
            Network.Tls.named(line.text("tls", "plaintext")),
            line.number("rtt", 0)));
  }

  private static int messages(CallKind kind, Defaults defaults) {
    boolean streaming = kind == CallKind.SERVER_STREAM || kind == CallKind.CLIENT_STREAM;
    if (!streaming) {
      return 1;
    }
    return defaults.messages() > 1 ? defaults.messages() : STREAM_MESSAGES;
  }
}
