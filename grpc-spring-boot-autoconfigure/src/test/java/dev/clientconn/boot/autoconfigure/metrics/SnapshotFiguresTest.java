// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.transport.ChannelTotals;
import dev.clientconn.transport.ChannelTotals.ConnectOutcome;
import dev.clientconn.transport.ChannelTotals.ResolutionOutcome;
import dev.clientconn.transport.ChannelTotals.TlsHandshake;
import dev.clientconn.transport.ClientConnSnapshot;
import dev.clientconn.transport.ClientConnSnapshot.Subchannel;
import dev.clientconn.transport.TimeTotal;
import dev.clientconn.transport.TransportSnapshot;
import dev.clientconn.transport.TransportSnapshot.Counters;
import dev.clientconn.transport.TransportSnapshot.State;
import dev.clientconn.transport.TransportSnapshot.Streams;
import dev.clientconn.transport.TransportSnapshot.Window;
import dev.clientconn.transport.WaitCause;
import dev.clientconn.transport.WaitTotal;
import io.grpc.ConnectivityState;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SnapshotFiguresTest {

  static final OptionalLong UNLIMITED = OptionalLong.empty();

  @Test
  void numbersAreAddedUpOverConnections() {
    TransportReading reading = read(
        7,
        subchannel(
            ConnectivityState.READY,
            connection(State.READY, streams(3, OptionalLong.of(100), 2), 500, 50),
            connection(State.DRAINING, streams(1, OptionalLong.of(100), 0), 1, 1)),
        subchannel(
            ConnectivityState.READY,
            connection(State.READY, streams(4, OptionalLong.of(10), 5), 300, 70)));

    assertThat(connections(reading)).containsExactly(0L, 2L, 1L, 0L, 0L);
    assertThat(value(reading, TransportMeter.STREAMS_ACTIVE)).isEqualTo(8);
    assertThat(value(reading, TransportMeter.STREAMS_MAX)).isEqualTo(110);
    assertThat(value(reading, TransportMeter.STREAMS_PENDING)).isEqualTo(7);
    assertThat(value(reading, TransportMeter.WAITING_CONNECTION)).isEqualTo(7);
    assertThat(value(reading, TransportMeter.WINDOW_SEND, "min")).isEqualTo(300);
    assertThat(value(reading, TransportMeter.WINDOW_SEND, "sum")).isEqualTo(800);
    assertThat(value(reading, TransportMeter.WINDOW_RECEIVE, "min")).isEqualTo(50);
    assertThat(value(reading, TransportMeter.WINDOW_RECEIVE, "sum")).isEqualTo(120);
  }

  @Test
  void oneUnlimitedConnectionMakesTheSumUnlimited() {
    TransportReading reading = read(
        0,
        subchannel(
            ConnectivityState.READY,
            connection(State.READY, streams(0, OptionalLong.of(100), 0), 1, 1)),
        subchannel(
            ConnectivityState.READY, connection(State.READY, streams(0, UNLIMITED, 0), 1, 1)));

    assertThat(value(reading, TransportMeter.STREAMS_MAX)).isNull();
  }

  @Test
  void withoutReadyConnectionThereAreNoWindowsAndNoLimit() {
    TransportReading reading = read(
        3,
        subchannel(ConnectivityState.IDLE),
        subchannel(ConnectivityState.TRANSIENT_FAILURE),
        subchannel(ConnectivityState.CONNECTING),
        subchannel(
            ConnectivityState.CONNECTING,
            connection(State.CONNECTING, streams(0, UNLIMITED, 0), 65535, 65535)));

    assertThat(connections(reading)).containsExactly(2L, 0L, 0L, 1L, 1L);
    assertThat(value(reading, TransportMeter.STREAMS_MAX)).isNull();
    assertThat(value(reading, TransportMeter.WINDOW_SEND, "min")).isNull();
    assertThat(value(reading, TransportMeter.WINDOW_RECEIVE, "sum")).isNull();
    assertThat(value(reading, TransportMeter.WAITING_CONNECTION)).isEqualTo(3);
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

    assertThat(value(read(0, subchannel), TransportMeter.STREAMS_PENDING)).isEqualTo(42);
  }

  @Test
  void totalsOfTheChannelAreShownByTheirTags() {
    Counters counters = new Counters(
        9,
        2,
        Map.of("CANCEL", 3L),
        Map.of("REFUSED_STREAM", 4L),
        Map.of(),
        Map.of("NO_ERROR", 5L),
        100,
        200,
        11,
        12,
        new TimeTotal(6, 60),
        1,
        8);
    ChannelTotals totals = new ChannelTotals(
        Map.of(
            ConnectOutcome.SUCCESS, new TimeTotal(3, 30),
            ConnectOutcome.TLS, new TimeTotal(2, 20),
            ConnectOutcome.CANCELLED, new TimeTotal(1, 10)),
        Map.of(new TlsHandshake("CERTIFICATE_EXPIRED", false), 2L),
        new TimeTotal(2, 200),
        Map.of("GOAWAY NO_ERROR", 2L),
        Map.of(ResolutionOutcome.SUCCESS, new TimeTotal(4, 44)),
        counters);
    TransportReading reading = SnapshotFigures.of(new ClientConnSnapshot(
        "dns:///greeter",
        ConnectivityState.READY,
        0,
        List.of(),
        null,
        Map.of(WaitCause.STREAM_SLOT, new WaitTotal(7, 70)),
        totals,
        List.of()));

    assertThat(reading.get(Series.of(TransportMeter.WAIT, "stream_slot")))
        .isEqualTo(new Figure(7, 70));
    assertThat(reading.get(Series.of(TransportMeter.CONNECTION_ATTEMPTS, "tls")))
        .isEqualTo(new Figure(2, 20));
    assertThat(reading.get(Series.of(TransportMeter.PINGS))).isEqualTo(new Figure(6, 60));
    assertThat(value(reading, TransportMeter.STREAM_RESETS, "received", "REFUSED_STREAM"))
        .isEqualTo(4);
    assertThat(value(reading, TransportMeter.GOAWAYS, "received", "NO_ERROR")).isEqualTo(5);
    assertThat(value(reading, TransportMeter.BYTES, "sent")).isEqualTo(100);
    assertThat(value(reading, TransportMeter.MESSAGES, "received")).isEqualTo(12);
    assertThat(value(reading, TransportMeter.ATTEMPTS_SUCCEEDED, "dns:///greeter"))
        .isEqualTo(3);
    // What the channel has given up itself has not failed.
    assertThat(value(reading, TransportMeter.ATTEMPTS_FAILED, "dns:///greeter")).isEqualTo(2);
    assertThat(value(reading, TransportMeter.DISCONNECTIONS, "dns:///greeter", "GOAWAY NO_ERROR"))
        .isEqualTo(2);
    assertThat(value(
            reading,
            TransportMeter.TLS_HANDSHAKES,
            "dns:///greeter",
            "CERTIFICATE_EXPIRED",
            "false"))
        .isEqualTo(2);
  }

  private static List<@Nullable Long> connections(TransportReading reading) {
    List<@Nullable Long> numbers = new ArrayList<>();
    for (String state : MeterTag.STATE.values()) {
      numbers.add(value(reading, TransportMeter.CONNECTIONS, state));
    }
    return numbers;
  }

  static @Nullable Long value(TransportReading reading, TransportMeter meter, String... tags) {
    Figure figure = reading.get(Series.of(meter, tags));
    return figure == null ? null : figure.value();
  }

  static TransportReading read(int waiting, Subchannel... subchannels) {
    return SnapshotFigures.of(new ClientConnSnapshot(
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
