// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What one run measures.
 *
 * @param run what is done with the channels
 * @param mode the stub that makes the calls
 * @param inFlight calls open at any time, the number of threads with a blocking stub; in a memory
 *     run the number of idle connections or streams; 1 to 100,000
 * @param kind the shape of a call
 * @param requestBytes bytes in each request's value, 0 or more
 * @param responseBytes bytes in each response's value, 0 or more
 * @param messages responses of a server stream or requests of a client stream; otherwise 1
 * @param features what calls carry besides their messages
 * @param network the connections between client and server
 */
public record Workload(
    Run run,
    StubMode mode,
    int inFlight,
    CallKind kind,
    int requestBytes,
    int responseBytes,
    int messages,
    Features features,
    Network network) {

  private static final int MOST_IN_FLIGHT = 100_000;
  private static final int MOST_METADATA = 100;
  private static final int KIB = 1 << 10;
  private static final int MIB = 1 << 20;

  public Workload {
    check(
        inFlight >= 1 && inFlight <= MOST_IN_FLIGHT,
        "1 to " + MOST_IN_FLIGHT + " calls in flight, not " + inFlight);
    check(requestBytes >= 0 && responseBytes >= 0, "messages have 0 or more bytes");
    check(mode.supports(kind), mode + " does not make calls of the kind " + kind);
    check(
        messages == 1 || kind == CallKind.SERVER_STREAM || kind == CallKind.CLIENT_STREAM,
        "messages= is for server-stream and client-stream only");
    check(messages >= 1, "1 or more messages");
    check(network.connections() <= inFlight, "no more connections than calls in flight");
    check(run == Run.LOAD || kind == CallKind.UNARY, "memory is measured with unary calls");
  }

  /** What a run does with the channels. */
  public enum Run {
    /** Makes calls. */
    LOAD,
    /** Measures the memory of idle connections, each of which has made a call. */
    CONNECTION_MEMORY,
    /** Measures the memory of open streams on which nothing is sent. */
    STREAM_MEMORY;

    /** The name on the command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * What every call carries besides its messages.
   *
   * @param deadline a deadline that never expires during a run
   * @param metadata entries of request metadata, 0 to 100
   * @param gzip compresses requests and the server's responses
   * @param metrics counts and times the calls with Micrometer
   * @param retry has a retry policy and a throttle in the service config; no call fails
   * @param report has a listener for the report of each call: where its time went
   */
  public record Features(
      boolean deadline,
      int metadata,
      boolean gzip,
      boolean metrics,
      boolean retry,
      boolean report) {

    public static final Features NONE = new Features(false, 0, false, false, false, false);

    public Features {
      check(
          metadata >= 0 && metadata <= MOST_METADATA,
          "0 to " + MOST_METADATA + " entries of metadata, not " + metadata);
    }

    private List<String> parts() {
      List<String> specs = new ArrayList<>();
      if (deadline) {
        specs.add("deadline");
      }
      if (metadata > 0) {
        specs.add("metadata=" + metadata);
      }
      if (gzip) {
        specs.add("gzip");
      }
      if (metrics) {
        specs.add("metrics");
      }
      if (retry) {
        specs.add("retry");
      }
      if (report) {
        specs.add("report");
      }
      return specs;
    }
  }

  /** The client's TLS implementation; the server uses OpenSSL where it loads. */
  public enum Tls {
    PLAINTEXT,
    JDK,
    OPENSSL;

    /** The name on the command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The connections between client and server.
   *
   * @param connections channels with one connection each, over which calls are spread; 1 or more
   * @param tls the client's TLS implementation
   * @param rttMillis simulated round trip in milliseconds; 0 for loopback's own
   */
  public record Network(int connections, Tls tls, int rttMillis) {

    public static final Network LOOPBACK = new Network(1, Tls.PLAINTEXT, 0);

    public Network {
      check(connections >= 1, "1 or more connections, not " + connections);
      check(rttMillis >= 0, "a round trip of 0 or more ms, not " + rttMillis);
    }

    public boolean encrypted() {
      return tls != Tls.PLAINTEXT;
    }

    private List<String> parts() {
      List<String> specs = new ArrayList<>();
      if (connections > 1) {
        specs.add("connections=" + connections);
      }
      if (encrypted()) {
        specs.add("tls=" + tls);
      }
      if (rttMillis > 0) {
        specs.add("rtt=" + rttMillis);
      }
      return specs;
    }
  }

  /** Parses what {@link WorkloadParser} reads, without times and heap. */
  public static Workload parse(String spec) {
    return WorkloadParser.parse(spec).workload();
  }

  /** Formats what {@link #parse} reads; equal workloads have equal specs. */
  public String spec() {
    List<String> specs = new ArrayList<>();
    specs.add(mode + ":" + inFlight);
    if (run != Run.LOAD) {
      specs.add("run=" + run);
    }
    if (kind != CallKind.UNARY) {
      specs.add("kind=" + kind);
    }
    specs.add("request=" + requestBytes);
    specs.add("response=" + responseBytes);
    if (kind == CallKind.SERVER_STREAM || kind == CallKind.CLIENT_STREAM) {
      specs.add("messages=" + messages);
    }
    specs.addAll(features.parts());
    specs.addAll(network.parts());
    return String.join("+", specs);
  }

  /** Describes the workload in the tables. */
  public String label() {
    String what = switch (run) {
      case LOAD -> calls() + ", " + mode + " x" + inFlight;
      case CONNECTION_MEMORY -> "idle connection, of " + inFlight;
      case STREAM_MEMORY -> "open idle stream, of " + inFlight;
    };
    List<String> parts = new ArrayList<>(List.of(what));
    parts.addAll(features.parts());
    parts.addAll(network.parts());
    return String.join(", ", parts).replace('=', ' ');
  }

  /** Whether it is calls without further features on one plaintext connection. */
  public boolean plain() {
    return run == Run.LOAD && features.equals(Features.NONE) && network.equals(Network.LOOPBACK);
  }

  /** Responses of one call. */
  public int responses() {
    return kind == CallKind.SERVER_STREAM ? messages : 1;
  }

  private String calls() {
    return switch (kind) {
      case UNARY -> "unary " + bothSizes();
      case SERVER_STREAM -> "server stream of " + messages + " x " + bytes(responseBytes);
      case CLIENT_STREAM -> "client stream of " + messages + " x " + bytes(requestBytes);
      case PING_PONG -> "ping-pong " + bothSizes();
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
