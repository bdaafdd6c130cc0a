// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import dev.clientconn.transport.ClientConnSnapshot;
import dev.clientconn.transport.ClientConnSnapshot.Subchannel;
import dev.clientconn.transport.TransportSnapshot;
import io.grpc.ConnectivityState;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;

/**
 * Adds up the values of a snapshot over all connections of a channel.
 *
 * @param connections the connections by state; idle and backoff count addresses without a
 *     connection
 * @param activeStreams the open streams
 * @param maxStreams the streams that all ready connections allow together; empty if one has no
 *     limit or none is ready
 * @param pendingStreams the calls that wait for a stream slot
 * @param waitingCalls the calls that wait for a connection
 * @param send the bytes that ready connections may send
 * @param receive the bytes that peers of ready connections may send
 */
record TransportTotals(
    Connections connections,
    long activeStreams,
    OptionalLong maxStreams,
    long pendingStreams,
    long waitingCalls,
    Windows send,
    Windows receive) {

  static final TransportTotals NONE = of(List.of(), 0);

  /** Connections by state. */
  record Connections(long connecting, long ready, long draining, long idle, long backoff) {}

  /** Connection-level windows in bytes; both empty while no connection is ready. */
  record Windows(OptionalLong min, OptionalLong sum) {}

  static TransportTotals of(ClientConnSnapshot snapshot) {
    return of(snapshot.subchannels(), snapshot.waitingCalls());
  }

  private static TransportTotals of(List<Subchannel> subchannels, long waitingCalls) {
    List<TransportSnapshot> all = subchannels.stream()
        .flatMap(subchannel -> subchannel.connections().stream())
        .toList();
    List<TransportSnapshot> ready = all.stream()
        .filter(each -> each.state() == TransportSnapshot.State.READY)
        .toList();
    return new TransportTotals(
        connections(subchannels, all),
        all.stream().mapToLong(each -> each.streams().active()).sum(),
        maxStreams(ready),
        pendingStreams(subchannels, all),
        waitingCalls,
        windows(ready, TransportSnapshot.Window::send),
        windows(ready, TransportSnapshot.Window::receive));
  }

  /** Calls that may choose between connections wait in the subchannel, others on theirs. */
  private static long pendingStreams(List<Subchannel> subchannels, List<TransportSnapshot> all) {
    return subchannels.stream().mapToLong(Subchannel::pendingStreams).sum()
        + all.stream().mapToLong(each -> each.streams().pending()).sum();
  }

  private static Connections connections(
      List<Subchannel> subchannels, List<TransportSnapshot> all) {
    long unlisted = subchannels.stream()
        .filter(each -> each.state() == ConnectivityState.CONNECTING)
        .filter(each -> count(each.connections(), TransportSnapshot.State.CONNECTING) == 0)
        .count();
    return new Connections(
        count(all, TransportSnapshot.State.CONNECTING) + unlisted,
        count(all, TransportSnapshot.State.READY),
        count(all, TransportSnapshot.State.DRAINING),
        count(subchannels, ConnectivityState.IDLE),
        count(subchannels, ConnectivityState.TRANSIENT_FAILURE));
  }

  private static long count(List<Subchannel> subchannels, ConnectivityState state) {
    return subchannels.stream().filter(each -> each.state() == state).count();
  }

  private static long count(List<TransportSnapshot> connections, TransportSnapshot.State state) {
    return connections.stream().filter(each -> each.state() == state).count();
  }

  private static OptionalLong maxStreams(List<TransportSnapshot> ready) {
    boolean limited = ready.stream().allMatch(each -> each.streams().max().isPresent());
    return limited && !ready.isEmpty()
        ? OptionalLong.of(
            ready.stream().mapToLong(each -> each.streams().max().orElse(0)).sum())
        : OptionalLong.empty();
  }

  private static Windows windows(
      List<TransportSnapshot> ready, ToLongFunction<TransportSnapshot.Window> side) {
    LongStream each = ready.stream().map(TransportSnapshot::window).mapToLong(side);
    long[] sizes = each.toArray();
    return sizes.length == 0
        ? new Windows(OptionalLong.empty(), OptionalLong.empty())
        : new Windows(
            LongStream.of(sizes).min(), OptionalLong.of(LongStream.of(sizes).sum()));
  }
}
