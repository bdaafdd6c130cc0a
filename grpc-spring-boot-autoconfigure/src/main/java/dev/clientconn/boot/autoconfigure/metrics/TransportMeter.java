// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import io.micrometer.core.instrument.binder.BaseUnits;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Defines the meters of a target. The table of {@code docs/metrics.md} is made from this. */
enum TransportMeter {
  CONNECTIONS(
      "grpc.transport.connections",
      Kind.GAUGE,
      Presence.ALWAYS,
      "Connections by state. `idle` and `backoff` count addresses without a connection: not needed"
          + " now, or waiting for the next attempt",
      MeterTag.STATE),
  WAITING_CONNECTION(
      "grpc.transport.waiting.connection",
      Kind.GAUGE,
      Presence.ALWAYS,
      "Calls that wait because no connection is ready"),
  STREAMS_ACTIVE("grpc.transport.streams.active", Kind.GAUGE, Presence.ALWAYS, "Streams open now"),
  STREAMS_MAX(
      "grpc.transport.streams.max",
      Kind.GAUGE,
      Presence.WHILE_KNOWN,
      "Streams that the peers allow at a time, all ready connections together"),
  STREAMS_PENDING(
      "grpc.transport.streams.pending",
      Kind.GAUGE,
      Presence.ALWAYS,
      "Calls that wait for a stream slot, of one connection or of any to their address, or for a"
          + " peer that has stopped reading"),
  STREAMS_PENDING_TIME(
      "grpc.transport.streams.pending.time",
      Kind.TIMER,
      Presence.EVENTS,
      "Time that calls waited for a slot, and how the wait ended. Calls that did not wait are not"
          + " counted",
      MeterTag.OUTCOME),
  ATTEMPTS_REPEATED(
      "grpc.transport.attempts.repeated",
      Kind.COUNTER,
      Presence.EVENTS,
      "Attempts of calls after the first one, see [Retries](retries.md). Only `transparent-retry`"
          + " can grow without a policy",
      MeterTag.REASON),
  WAIT(
      "grpc.transport.wait",
      Kind.TIMER,
      Presence.ALWAYS,
      "Time of calls by what they waited for, see [Slow calls](slow-calls.md): the"
          + " sum of all calls, waits that have not ended included. The causes of one call"
          + " add up to its duration; a [health check](health.md) of a connection is such a call,"
          + " and waits for `server` as long as the connection lives. `stream_window`,"
          + " `connection_window` and `socket` are the stalls of flow control and of the socket",
      MeterTag.CAUSE),
  CONNECTION_ATTEMPTS(
      "grpc.transport.connections.attempts",
      Kind.TIMER,
      Presence.WHILE_KNOWN,
      "Attempts to connect, from the dial to the server's SETTINGS",
      MeterTag.ATTEMPT),
  CONNECTION_LIFETIME(
      "grpc.transport.connections.lifetime",
      Kind.TIMER,
      Presence.ALWAYS,
      "Lifetime of connections that were ready and have ended"),
  RESOLUTION(
      "grpc.transport.resolution",
      Kind.TIMER,
      Presence.WHILE_KNOWN,
      "Name look-ups, from the request to the first result",
      MeterTag.RESOLUTION),
  STREAMS_OPENED("grpc.transport.streams.opened", Kind.COUNTER, Presence.ALWAYS, "Streams opened"),
  STREAMS_REJECTED(
      "grpc.transport.streams.rejected",
      Kind.COUNTER,
      Presence.ALWAYS,
      "Calls that failed at once because too many waited for a slot already"),
  STREAM_RESETS(
      "grpc.transport.streams.resets",
      Kind.COUNTER,
      Presence.WHILE_KNOWN,
      "RST_STREAM frames by error code",
      MeterTag.DIRECTION,
      MeterTag.CODE),
  WINDOW_SEND(
      "grpc.transport.window.send",
      Kind.BYTES,
      Presence.WHILE_KNOWN,
      "Bytes that peers allow us to send now. `min` is the smallest value of all connections",
      MeterTag.STAT),
  WINDOW_RECEIVE(
      "grpc.transport.window.receive",
      Kind.BYTES,
      Presence.WHILE_KNOWN,
      "Bytes that peers may send now",
      MeterTag.STAT),
  STREAM_WINDOW_SEND(
      "grpc.transport.streams.window.send",
      Kind.BYTES,
      Presence.WHILE_KNOWN,
      "Smallest send window of an open stream; below 0 if the peer has lowered its"
          + " initial window"),
  STREAM_WINDOW_RECEIVE(
      "grpc.transport.streams.window.receive",
      Kind.BYTES,
      Presence.WHILE_KNOWN,
      "Smallest receive window of an open stream"),
  WINDOW_RECEIVE_TARGET(
      "grpc.transport.window.receive.target",
      Kind.BYTES,
      Presence.WHILE_KNOWN,
      "Size that the receive windows of the ready connections are opened to,"
          + " together; it grows with the bandwidth-delay product"),
  QUEUED(
      "grpc.transport.window.send.queued",
      Kind.BYTES,
      Presence.ALWAYS,
      "Bytes of messages that calls have written and no frame has: they wait for a"
          + " slot, a window, the socket or their turn"),
  UNREAD(
      "grpc.transport.window.receive.unread",
      Kind.BYTES,
      Presence.ALWAYS,
      "Bytes of messages that have arrived and that the application has not requested"),
  OUTBOUND(
      "grpc.transport.write.buffer",
      Kind.BYTES,
      Presence.ALWAYS,
      "Bytes of frames that sockets have not taken"),
  PINGS(
      "grpc.transport.pings",
      Kind.TIMER,
      Presence.ALWAYS,
      "Round trips of pings: the number of pings that were acknowledged, and the sum"
          + " of their times"),
  ROUND_TRIP(
      "grpc.transport.rtt",
      Kind.TIME_GAUGE,
      Presence.WHILE_KNOWN,
      "Recent round-trip time, the largest of all connections. Connections ping if"
          + " keepalive is enabled, and while much data arrives"),
  PING_TIMEOUTS(
      "grpc.transport.pings.timeouts",
      Kind.COUNTER,
      Presence.ALWAYS,
      "Connections that keepalive has ended because the peer did not respond"),
  GOAWAYS(
      "grpc.transport.goaways",
      Kind.COUNTER,
      Presence.WHILE_KNOWN,
      "GOAWAY frames by error code",
      MeterTag.DIRECTION,
      MeterTag.CODE),
  SETTINGS_CHANGES(
      "grpc.transport.settings.changes",
      Kind.COUNTER,
      Presence.ALWAYS,
      "SETTINGS frames of peers after the first of a connection"),
  BYTES(
      "grpc.transport.bytes",
      Kind.BYTE_COUNTER,
      Presence.ALWAYS,
      "Bytes of HTTP/2, outside of TLS",
      MeterTag.DIRECTION),
  MESSAGES(
      "grpc.transport.messages", Kind.COUNTER, Presence.ALWAYS, "Messages", MeterTag.DIRECTION),
  LOOP_QUEUE(
      "grpc.transport.loop.queue",
      Kind.GAUGE,
      Presence.ALWAYS,
      "Commands of calls that event loops have not taken; about 0 unless a loop is"
          + " busy or blocked"),
  LOOP_LAG(
      "grpc.transport.loop.lag",
      Kind.TIME_GAUGE,
      Presence.WHILE_KNOWN,
      "How long a task has waited for its event loop, the largest of all connections;"
          + " measured at each scrape for the next one"),
  OPEN_CONNECTIONS(
      "grpc.subchannel.open_connections",
      Kind.GAUGE,
      Presence.WHILE_KNOWN,
      "Connections that are ready or draining, as in [gRFC"
          + " A94](https://github.com/grpc/proposal/blob/master/A94-subchannel-otel-metrics.md)",
      MeterTag.GRPC_TARGET,
      MeterTag.SECURITY_LEVEL),
  ATTEMPTS_SUCCEEDED(
      "grpc.subchannel.connection_attempts_succeeded",
      Kind.COUNTER,
      Presence.WHILE_KNOWN,
      "Attempts to connect that succeeded, as in gRFC A94",
      MeterTag.GRPC_TARGET),
  ATTEMPTS_FAILED(
      "grpc.subchannel.connection_attempts_failed",
      Kind.COUNTER,
      Presence.WHILE_KNOWN,
      "Attempts to connect that failed, as in gRFC A94",
      MeterTag.GRPC_TARGET),
  DISCONNECTIONS(
      "grpc.subchannel.disconnections",
      Kind.COUNTER,
      Presence.WHILE_KNOWN,
      "Connections that were ready and have ended, as in gRFC A94",
      MeterTag.GRPC_TARGET,
      MeterTag.DISCONNECT_ERROR),
  TLS_HANDSHAKES(
      "grpc.client.tls.handshakes",
      Kind.COUNTER,
      Presence.WHILE_KNOWN,
      "TLS handshakes, as in gRFC A118",
      MeterTag.GRPC_TARGET,
      MeterTag.HANDSHAKE_RESULT,
      MeterTag.HANDSHAKE_RESUMED);

  /** What a meter measures, and the type of meter that this needs. */
  enum Kind {
    GAUGE("gauge", null),
    BYTES("gauge", BaseUnits.BYTES),
    COUNTER("counter", null),
    BYTE_COUNTER("counter", BaseUnits.BYTES),
    TIMER("timer", "seconds"),
    /** A duration that is a state, not a series of events. */
    TIME_GAUGE("gauge", "seconds");

    private final String type;

    private final @Nullable String unit;

    Kind(String type, @Nullable String unit) {
      this.type = type;
      this.unit = unit;
    }

    /** Returns the type as the documentation names it. */
    String type() {
      return this.type;
    }

    /** Returns whether the values only grow, as those of events do. */
    boolean grows() {
      return !this.type.equals("gauge");
    }

    @Nullable
    String unit() {
      return this.unit;
    }
  }

  /** When a series of a meter exists. */
  enum Presence {
    /** As long as its target; 0 while there is nothing to measure. */
    ALWAYS,
    /** While the snapshot has a value for it: there is a limit, or the value was seen. */
    WHILE_KNOWN,
    /** As long as its target, updated by events and not by snapshots. */
    EVENTS
  }

  private final String meterName;

  private final Kind kind;

  private final Presence presence;

  private final String meaning;

  @SuppressWarnings("ImmutableEnumChecker") // a List.of
  private final List<MeterTag> tags;

  TransportMeter(String meterName, Kind kind, Presence presence, String meaning, MeterTag... tags) {
    this.meterName = meterName;
    this.kind = kind;
    this.presence = presence;
    this.meaning = meaning;
    this.tags = List.of(tags);
  }

  /** Returns the name, unless a convention changes it. */
  String meterName() {
    return this.meterName;
  }

  Kind kind() {
    return this.kind;
  }

  Presence presence() {
    return this.presence;
  }

  /** Returns the tags beside that of the target. */
  List<MeterTag> tags() {
    return this.tags;
  }

  /** Returns sentences in Markdown, without the last full stop. */
  String meaning() {
    return this.meaning;
  }

  /** Returns what registries show: the meaning without the syntax of Markdown. */
  String description() {
    return this.meaning.replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1").replace("`", "");
  }

  /**
   * Returns the series of this meter with every value that its tags can have.
   *
   * @param configured the value of the tags that have one value for each target
   */
  List<Series> allSeries(String configured) {
    List<List<String>> rows = List.of(List.of());
    for (MeterTag tag : this.tags) {
      rows = combine(rows, tag.isFixed() ? tag.values() : List.of(configured));
    }
    return rows.stream().map(row -> new Series(this, row)).toList();
  }

  private static List<List<String>> combine(List<List<String>> rows, List<String> values) {
    List<List<String>> longer = new ArrayList<>();
    for (List<String> row : rows) {
      for (String value : values) {
        List<String> each = new ArrayList<>(row);
        each.add(value);
        longer.add(each);
      }
    }
    return longer;
  }
}
