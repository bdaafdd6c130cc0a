// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import dev.clientconn.transport.ClientConnSnapshot;
import dev.clientconn.transport.ClientConnSnapshot.Subchannel;
import dev.clientconn.transport.TransportSnapshot;
import io.grpc.ConnectivityState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;

/** Computes the values of all series from one snapshot of a channel. */
final class SnapshotFigures {

  private final List<Subchannel> subchannels;

  private final List<TransportSnapshot> connections;

  private final List<TransportSnapshot> ready;

  private final Map<Series, Figure> figures = new HashMap<>();

  private SnapshotFigures(ClientConnSnapshot snapshot) {
    this.subchannels = snapshot.subchannels();
    this.connections = this.subchannels.stream()
        .flatMap(subchannel -> subchannel.connections().stream())
        .toList();
    this.ready = this.connections.stream()
        .filter(each -> each.state() == TransportSnapshot.State.READY)
        .toList();
  }

  static TransportReading of(ClientConnSnapshot snapshot) {
    SnapshotFigures figures = new SnapshotFigures(snapshot);
    figures.put(TransportMeter.WAITING_CONNECTION, snapshot.waitingCalls());
    figures.putConnections();
    figures.putStreams();
    figures.putWindows(TransportMeter.WINDOW_SEND, TransportSnapshot.Window::send);
    figures.putWindows(TransportMeter.WINDOW_RECEIVE, TransportSnapshot.Window::receive);
    figures.putBuffers();
    figures.putLoops();
    TotalFigures.put(snapshot, figures::put);
    return new TransportReading(figures.figures);
  }

  private void put(TransportMeter meter, long value, String... tags) {
    put(meter, new Figure(value, 0), tags);
  }

  /** Values of series that have the same tags are added. */
  private void put(TransportMeter meter, Figure figure, String... tags) {
    this.figures.merge(Series.of(meter, tags), figure, Figure::plus);
  }

  private void putConnections() {
    long unlisted = this.subchannels.stream()
        .filter(each -> each.state() == ConnectivityState.CONNECTING)
        .filter(each -> count(each.connections(), TransportSnapshot.State.CONNECTING) == 0)
        .count();
    putConnections("connecting", TransportSnapshot.State.CONNECTING);
    put(TransportMeter.CONNECTIONS, unlisted, "connecting");
    putConnections("ready", TransportSnapshot.State.READY);
    putConnections("draining", TransportSnapshot.State.DRAINING);
    putSubchannels("idle", ConnectivityState.IDLE);
    putSubchannels("backoff", ConnectivityState.TRANSIENT_FAILURE);
  }

  private void putConnections(String tag, TransportSnapshot.State state) {
    put(TransportMeter.CONNECTIONS, count(this.connections, state), tag);
  }

  private void putSubchannels(String tag, ConnectivityState state) {
    long count = this.subchannels.stream().filter(each -> each.state() == state).count();
    put(TransportMeter.CONNECTIONS, count, tag);
  }

  private static long count(List<TransportSnapshot> connections, TransportSnapshot.State state) {
    return connections.stream().filter(each -> each.state() == state).count();
  }

  private void putStreams() {
    put(
        TransportMeter.STREAMS_ACTIVE,
        sum(this.connections, each -> each.streams().active()));
    // Calls that may choose between connections wait in the subchannel, others on theirs.
    put(
        TransportMeter.STREAMS_PENDING,
        sum(this.subchannels, Subchannel::pendingStreams)
            + sum(this.connections, each -> each.streams().pending()));
    boolean limited = this.ready.stream().allMatch(each -> each.streams().max().isPresent());
    if (limited && !this.ready.isEmpty()) {
      put(
          TransportMeter.STREAMS_MAX,
          sum(this.ready, each -> each.streams().max().orElse(0)));
    }
  }

  private void putWindows(
      TransportMeter meter, ToLongFunction<TransportSnapshot.Window> windowSize) {
    long[] sizes =
        this.ready.stream().map(TransportSnapshot::window).mapToLong(windowSize).toArray();
    LongStream.of(sizes).min().ifPresent(min -> {
      put(meter, min, "min");
      put(meter, LongStream.of(sizes).sum(), "sum");
    });
  }

  private void putBuffers() {
    put(TransportMeter.QUEUED, sum(this.connections, each -> each.buffered().queued()));
    put(TransportMeter.OUTBOUND, sum(this.connections, each -> each.buffered().outbound()));
    put(TransportMeter.UNREAD, sum(this.connections, each -> each.buffered().unread()));
    known(each -> each.window().smallestStreamSend())
        .min()
        .ifPresent(min -> put(TransportMeter.STREAM_WINDOW_SEND, min));
    known(each -> each.window().smallestStreamReceive())
        .min()
        .ifPresent(min -> put(TransportMeter.STREAM_WINDOW_RECEIVE, min));
    if (!this.ready.isEmpty()) {
      put(
          TransportMeter.WINDOW_RECEIVE_TARGET,
          sum(this.ready, each -> each.window().receiveTarget()));
    }
  }

  private void putLoops() {
    put(TransportMeter.LOOP_QUEUE, sum(this.connections, each -> each.loop().commands()));
    known(each -> each.loop().lagNanos()).max().ifPresent(max -> put(TransportMeter.LOOP_LAG, max));
    known(TransportSnapshot::roundTripNanos)
        .max()
        .ifPresent(max -> put(TransportMeter.ROUND_TRIP, max));
  }

  private LongStream known(Function<TransportSnapshot, OptionalLong> value) {
    return this.connections.stream().map(value).flatMapToLong(OptionalLong::stream);
  }

  private static <T> long sum(List<T> all, ToLongFunction<T> value) {
    return all.stream().mapToLong(value).sum();
  }
}
