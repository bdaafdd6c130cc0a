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
      MeterTag.STAT);

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
