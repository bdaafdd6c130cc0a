// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.boot.autoconfigure.metrics.TransportTotals.Connections;
import dev.clientconn.transport.ChannelTotals;
import dev.clientconn.transport.ClientConnSnapshot;
import dev.clientconn.transport.ClientConnSnapshot.Subchannel;
import dev.clientconn.transport.TransportSnapshot;
import dev.clientconn.transport.TransportSnapshot.State;
import dev.clientconn.transport.TransportSnapshot.Streams;
import dev.clientconn.transport.TransportSnapshot.Window;
import io.grpc.ConnectivityState;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TransportTotalsTest {

  static final OptionalLong UNLIMITED = OptionalLong.empty();

  @Test
  void numbersAreAddedUpOverConnections() {
    TransportTotals totals = totals(
        7,
        subchannel(
            ConnectivityState.READY,
            connection(State.READY, streams(3, OptionalLong.of(100), 2), 500, 50),
            connection(State.DRAINING, streams(1, OptionalLong.of(100), 0), 1, 1)),
        subchannel(
            ConnectivityState.READY,
            connection(State.READY, streams(4, OptionalLong.of(10), 5), 300, 70)));

    assertThat(totals.connections()).isEqualTo(new Connections(0, 2, 1, 0, 0));
    assertThat(totals.activeStreams()).isEqualTo(8);
    assertThat(totals.maxStreams()).hasValue(110);
    assertThat(totals.pendingStreams()).isEqualTo(7);
    assertThat(totals.waitingCalls()).isEqualTo(7);
    assertThat(totals.send().min()).hasValue(300);
    assertThat(totals.send().sum()).hasValue(800);
    assertThat(totals.receive().min()).hasValue(50);
    assertThat(totals.receive().sum()).hasValue(120);
  }

  @Test
  void oneUnlimitedConnectionMakesTheSumUnlimited() {
    TransportTotals totals = totals(
        0,
        subchannel(
            ConnectivityState.READY,
            connection(State.READY, streams(0, OptionalLong.of(100), 0), 1, 1)),
        subchannel(
            ConnectivityState.READY, connection(State.READY, streams(0, UNLIMITED, 0), 1, 1)));

    assertThat(totals.maxStreams()).isEmpty();
  }

  @Test
  void withoutReadyConnectionThereAreNoWindowsAndNoLimit() {
    TransportTotals totals = totals(
        3,
        subchannel(ConnectivityState.IDLE),
        subchannel(ConnectivityState.TRANSIENT_FAILURE),
        subchannel(ConnectivityState.CONNECTING),
        subchannel(
            ConnectivityState.CONNECTING,
            connection(State.CONNECTING, streams(0, UNLIMITED, 0), 65535, 65535)));

    assertThat(totals.connections()).isEqualTo(new Connections(2, 0, 0, 1, 1));
    assertThat(totals.maxStreams()).isEmpty();
    assertThat(totals.send().min()).isEmpty();
    assertThat(totals.receive().sum()).isEmpty();
    assertThat(totals.waitingCalls()).isEqualTo(3);
  }

  @Test
  void callsThatWaitForASlotOfAnyConnectionCountAsPending() {
    Subchannel subchannel = new Subchannel(
        1,
        ConnectivityState.READY,
        List.of(connection(State.READY, streams(5, OptionalLong.of(5), 2), 1, 1)),
        40,
        OptionalLong.empty(),
        null);

    assertThat(totals(0, subchannel).pendingStreams()).isEqualTo(42);
  }

  static TransportTotals totals(int waiting, Subchannel... subchannels) {
    return TransportTotals.of(new ClientConnSnapshot(
        "greeter",
        ConnectivityState.READY,
        waiting,
        List.of(subchannels),
        null,
        Map.of(),
        ChannelTotals.NONE,
        List.of()));
  }

  static Subchannel subchannel(ConnectivityState state, TransportSnapshot... connections) {
    return new Subchannel(1, state, List.of(connections), 0, OptionalLong.empty(), null);
  }

  static Streams streams(int active, OptionalLong max, int pending) {
    return new Streams(active, max, pending, OptionalLong.empty());
  }

  static TransportSnapshot connection(State state, Streams streams, long send, long receive) {
    return new TransportSnapshot(
        1,
        state,
        new InetSocketAddress(1),
        null,
        null,
        0,
        new TransportSnapshot.Settings(0, OptionalLong.empty(), 0, 0, OptionalLong.empty()),
        null,
        streams,
        new Window(send, receive, OptionalLong.empty(), OptionalLong.empty(), 0),
        new TransportSnapshot.Buffered(0, 0, 0),
        OptionalLong.empty(),
        TransportSnapshot.Counters.NONE,
        null,
        new TransportSnapshot.Loop(0, OptionalLong.empty()));
  }
}
