// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * What one run measures.
 *
 * @param run what is done with the channel
 * @param mode how calls are made
 * @param inFlight calls open at any time, the number of threads when blocking; of a memory run, how many things are weighed
 * @param kind the shape of a call
 * @param requestBytes bytes in each request's value
 * @param responseBytes bytes in each response's value
 * @param messages responses of a server stream, requests of a client stream; else 1
 * @param features what calls carry beside their messages
 * @param network what lies between client and server
 */
record Workload(
    RunKind run,
    StubMode mode,
    int inFlight,
    CallKind kind,
    int requestBytes,
    int responseBytes,
    int messages,
    CallFeatures features,
    Network network) {

  private static final int KIB = 1 << 10;
  private static final int MIB = 1 << 20;

  Workload {
    check(inFlight >= 1 && inFlight <= 100_000, "1 to 100000 calls in flight, not " + inFlight);
    check(requestBytes >= 0 && responseBytes >= 0, "messages have 0 or more bytes");
    check(mode.can(kind), mode.label() + " has no calls of the kind " + kind.label());
    check(
        messages == 1 || kind == CallKind.SERVER_STREAM || kind == CallKind.CLIENT_STREAM,
        "messages are for server-stream and client-stream alone");
    check(messages >= 1, "1 or more messages");
    check(
        network.idleStreams() == 0 || kind != CallKind.DUPLEX,
        "a stream is not idle at a port that floods every stream: no idle with duplex");
    check(network.connections() <= inFlight, "no more connections than calls in flight");
    check(
        run == RunKind.LOAD || (kind == CallKind.UNARY && network.idleStreams() == 0),
        "set-up and memory are measured with unary calls and without idle streams");
    check(
        run != RunKind.SETUP || (mode.blocking() && network.connections() == 1),
        "set-up is measured by blocking threads, a channel each");
  }

  /** A workload word with the defaults of the command, see {@link WorkloadWord}. */
  static Workload parse(String word) {
    return WorkloadWord.parse(word, WorkloadWord.Defaults.STANDARD);
  }

  /** What {@link #parse} reads; equal workloads have equal words. */
  String word() {
    List<String> words = new ArrayList<>();
    words.add(mode.label() + ":" + inFlight);
    if (run != RunKind.LOAD) {
      words.add("run=" + run.label());
    }
    if (kind != CallKind.UNARY) {
      words.add("kind=" + kind.label());
    }
    words.add("request=" + requestBytes);
    words.add("response=" + responseBytes);
    if (kind == CallKind.SERVER_STREAM || kind == CallKind.CLIENT_STREAM) {
      words.add("messages=" + messages);
    }
    words.addAll(features.words());
    words.addAll(network.words());
    return String.join("+", words);
  }

  /** For people. */
  String label() {
    String what = switch (run) {
      case LOAD -> calls() + ", " + mode.label() + " x" + inFlight;
      case SETUP -> "open, one call, shut down, " + mode.label() + " x" + inFlight;
      case CONNECTION_MEMORY -> "idle connection, of " + inFlight;
      case STREAM_MEMORY -> "open idle stream, of " + inFlight;
    };
    List<String> parts = new ArrayList<>(List.of(what));
    parts.addAll(features.words());
    parts.addAll(network.words());
    return String.join(", ", parts).replace('=', ' ');
  }

  /** Plain calls on one plaintext connection and nothing else beside them. */
  boolean plain() {
    return run == RunKind.LOAD
        && features.equals(CallFeatures.NONE)
        && network.equals(Network.LOOPBACK);
  }

  /** What the server answers; what {@code kind} calls for in one call. */
  ResponseShape response() {
    return new ResponseShape(responseBytes, kind == CallKind.SERVER_STREAM ? messages : 1);
  }

  /** How its server's port must behave. */
  ServerSetting serverSetting() {
    return new ServerSetting(
        kind,
        requestBytes,
        responseBytes,
        messages,
        features.gzip(),
        network.encrypted(),
        network.rttMillis());
  }

  private String calls() {
    return switch (kind) {
      case UNARY -> "unary " + bothSizes();
      case SERVER_STREAM -> "server stream of " + messages + " x " + bytes(responseBytes);
      case CLIENT_STREAM -> "client stream of " + messages + " x " + bytes(requestBytes);
      case PING_PONG -> "ping-pong " + bothSizes();
      case DUPLEX -> "duplex " + bothSizes();
    };
  }

  private String bothSizes() {
    return requestBytes == responseBytes
        ? bytes(requestBytes)
        : bytes(requestBytes) + "/" + bytes(responseBytes);
  }

  private static String bytes(int bytes) {
    if (bytes >= MIB && bytes % MIB == 0) {
      return bytes / MIB + " MiB";
    }
    return bytes >= KIB && bytes % KIB == 0 ? bytes / KIB + " KiB" : bytes + " B";
  }

  private static void check(boolean valid, String message) {
    if (!valid) {
      throw new IllegalArgumentException(message);
    }
  }
}
