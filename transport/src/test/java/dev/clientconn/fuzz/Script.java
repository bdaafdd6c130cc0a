// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.fuzz;

import dev.clientconn.internal.http2.FuzzedConnection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One fuzzed conversation: what the peer sends and what the calls do, step by step. As text it has
 * a step a line, {@code receive <hex>} or {@code <verb> <call> <amount>}; {@code #} begins a
 * comment.
 */
record Script(List<Step> steps) {

  /** What a step does; see the method of that name in {@link FuzzedConnection}. */
  enum Verb {
    RECEIVE,
    UNARY,
    HURRIED,
    STREAMING,
    WRITE,
    HALF_CLOSE,
    CANCEL,
    CONSUME,
    PAUSE,
    DEMAND,
    AFTER,
    CLOG,
    UNCLOG,
    SHUTDOWN,
    SHUTDOWN_NOW
  }

  /**
   * A step.
   *
   * @param amount bytes or milliseconds, for the verbs that need them
   * @param bytes what is received, in hexadecimal
   */
  record Step(Verb verb, int call, int amount, String bytes) {

    static Step receive(byte[] bytes) {
      return new Step(Verb.RECEIVE, 0, 0, HexFormat.of().formatHex(bytes));
    }

    static Step parse(String line) {
      String[] words = line.trim().split(" ", -1);
      Verb verb = Verb.valueOf(words[0].toUpperCase(Locale.ROOT).replace('-', '_'));
      return verb == Verb.RECEIVE
          ? new Step(verb, 0, 0, words[1])
          : new Step(verb, Integer.parseInt(words[1]), Integer.parseInt(words[2]), "");
    }

    byte[] parsedBytes() {
      return HexFormat.of().parseHex(bytes);
    }

    void play(FuzzedConnection connection) {
      switch (verb) {
        case RECEIVE -> connection.receive(parsedBytes());
        case UNARY -> connection.unary(amount);
        case HURRIED -> connection.hurried(amount);
        case STREAMING -> connection.streaming(amount);
        case WRITE -> connection.write(call, amount);
        case HALF_CLOSE -> connection.halfClose(call);
        case CANCEL -> connection.cancel(call);
        case CONSUME -> connection.consume(call);
        case PAUSE -> connection.pause(call);
        case DEMAND -> connection.demand(call);
        case AFTER -> connection.after(amount);
        case CLOG -> connection.clog();
        case UNCLOG -> connection.unclog();
        case SHUTDOWN -> connection.shutdown();
        case SHUTDOWN_NOW -> connection.shutdownNow();
      }
    }

    @Override
    public String toString() {
      String name = verb.name().toLowerCase(Locale.ROOT).replace('_', '-');
      return verb == Verb.RECEIVE ? name + " " + bytes : name + " " + call + " " + amount;
    }
  }

  static Script parse(List<String> lines) {
    return new Script(lines.stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(Step::parse)
        .toList());
  }

  /** Plays it on a new connection. Returns what was seen; throws if something does not hold. */
  Set<String> play() {
    try (FuzzedConnection connection = new FuzzedConnection()) {
      steps.forEach(step -> step.play(connection));
      return connection.end();
    }
  }

  @Override
  public String toString() {
    return steps.stream().map(step -> step + "\n").collect(Collectors.joining());
  }
}
