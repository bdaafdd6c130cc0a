// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.clientconn.transport.ChannelTotals.ConnectOutcome;
import dev.clientconn.transport.ChannelTotals.ResolutionOutcome;
import dev.clientconn.transport.ChannelTotals.TlsHandshake;
import dev.clientconn.transport.ClientConnSnapshot.Subchannel;
import dev.clientconn.transport.TransportSnapshot.Counters;
import dev.clientconn.transport.TransportSnapshot.State;
import io.grpc.ConnectivityState;
import java.lang.reflect.RecordComponent;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Reads the formats of snapshots back. */
class SnapshotFormatsTest {

  /** Ends lines, strings and objects, for a writer that does not escape. */
  private static final String HOSTILE = "a\"b\\c\nd\u2028e\u0000f{}[],é😀";

  private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");

  private static final StreamSnapshot STREAM = new StreamSnapshot(
      7,
      5,
      "pkg.Service/" + HOSTILE,
      OptionalLong.of(1_500_000),
      StreamSnapshot.State.HALF_CLOSED_LOCAL,
      OptionalLong.of(-3),
      OptionalLong.of(65_535),
      12,
      13,
      WaitCause.STREAM_WINDOW);

  private static final StreamSnapshot CALL = new StreamSnapshot(
      0,
      0,
      "pkg.Service/Waits",
      OptionalLong.empty(),
      StreamSnapshot.State.WAITING,
      OptionalLong.empty(),
      OptionalLong.empty(),
      0,
      0,
      null);

  private record Address(String text) {}

  private static SocketAddress address(String text) {
    return new SocketAddress() {
      @Override
      public String toString() {
        return new Address(text).text();
      }
    };
  }

  private static final Counters COUNTERS = new Counters(
      1,
      2,
      Map.of("CANCEL", 3L),
      Map.of("OTHER", 4L),
      Map.of(),
      Map.of("NO_ERROR", 5L),
      6,
      7,
      8,
      9,
      new TimeTotal(10, 11),
      12,
      13);

  private static TransportSnapshot connection(boolean complete) {
    return new TransportSnapshot(
        7,
        State.READY,
        address("10.0.0.1:443"),
        complete ? address("10.0.0.9:5") : null,
        complete ? new TransportSnapshot.Tls("TLSv1.3", "AES", TIME, true) : null,
        3_000_000,
        new TransportSnapshot.Settings(4096, OptionalLong.of(0), 65_535, 16_384, none(complete)),
        complete
            ? new TransportSnapshot.Settings(64, OptionalLong.of(9), 1, 2, OptionalLong.empty())
            : null,
        new TransportSnapshot.Streams(1, none(complete), 2, none(complete)),
        new TransportSnapshot.Window(1, 2, none(complete), none(complete), 3),
        new TransportSnapshot.Buffered(4, 5, 6),
        none(complete),
        complete ? COUNTERS : Counters.NONE,
        complete ? new TransportSnapshot.GoAway("NO_ERROR", HOSTILE, 17) : null,
        new TransportSnapshot.Loop(1, none(complete)));
  }

  private static OptionalLong none(boolean present) {
    return present ? OptionalLong.of(42) : OptionalLong.empty();
  }

  private static ClientConnSnapshot channel(boolean complete) {
    return new ClientConnSnapshot(
        complete ? HOSTILE : "dns:///server:1",
        ConnectivityState.READY,
        3,
        List.of(new Subchannel(
            1,
            ConnectivityState.IDLE,
            List.of(connection(complete)),
            4,
            none(complete),
            complete ? HOSTILE : null)),
        complete ? HOSTILE : null,
        Map.of(WaitCause.STREAM_SLOT, new WaitTotal(1, 2)),
        complete
            ? new ChannelTotals(
                Map.of(ConnectOutcome.REFUSED, new TimeTotal(1, 2)),
                Map.of(new TlsHandshake("SUCCESS", true), 3L),
                new TimeTotal(4, 5),
                Map.of("GOAWAY NO_ERROR", 6L),
                Map.of(ResolutionOutcome.SUCCESS, new TimeTotal(7, 8)),
                COUNTERS)
            : ChannelTotals.NONE,
        complete
            ? List.of(new TransportEvent(TIME, TransportEvent.Kind.GOAWAY, 7, "text"))
            : List.of());
  }

  @Test
  void jsonHasEveryComponentUnderItsName() throws ReflectiveOperationException {
    assertSame(channel(true), JsonParser.parseString(SnapshotJson.of(channel(true))));
    assertSame(channel(false), JsonParser.parseString(SnapshotJson.of(channel(false))));
  }

  @Test
  void jsonOfStreamsIsAnArray() throws ReflectiveOperationException {
    List<StreamSnapshot> streams = List.of(STREAM, CALL);
    assertSame(streams, JsonParser.parseString(SnapshotJson.of(streams)));
    assertThat(SnapshotJson.of(List.of())).isEqualTo("[]");
  }

  @Test
  void jsonIsOneLineWhateverTheServerSends() {
    assertThat(SnapshotJson.of(channel(true))).doesNotContain("\n", "\u2028", "\u0000");
  }

  @Test
  void textSaysWhatTheOperatorLooksFor() {
    assertThat(SnapshotText.of(channel(true)))
        .contains("READY", "connection 7: READY for 3.000 ms from 10.0.0.9:5 to 10.0.0.1:443")
        .contains("TLSv1.3 AES resumed, certificate until 2026-01-02T03:04:05Z")
        .contains("streams: 1 active of 42, 2 pending, the first for 0.000 ms")
        .contains("windows: send 1, receive 2 of 3, smallest stream send 42, receive 42")
        .contains("bytes: queued 4, outbound 5, unread 6; round trip")
        .contains("resets sent {CANCEL=3}, received {OTHER=4}; GOAWAY NO_ERROR")
        .contains("attempts to connect, refused: 1", "connections that ended, GOAWAY NO_ERROR: 6")
        .contains("2026-01-02T03:04:05Z goaway connection 7: text");
    assertThat(SnapshotText.of(channel(false))).contains("streams: 1 active of unlimited");
    assertThat(SnapshotText.of(List.of(STREAM, CALL)).lines())
        .hasSize(2)
        .last()
        .isEqualTo("call pkg.Service/Waits: waiting, queued 0, unread 0");
  }

  @Test
  void textHasNoLinesThatTheServerHasMade() {
    String text = SnapshotText.of(channel(true));
    assertThat(text.lines().count()).isEqualTo(11);
    assertThat(text).doesNotContain("\u2028", "\u0000");
    assertThat(SnapshotText.of(List.of(STREAM))).contains("stream 5").hasLineCount(1);
  }

  private static void assertSame(@Nullable Object value, @Nullable JsonElement json)
      throws ReflectiveOperationException {
    if (value == null || value.equals(OptionalLong.empty())) {
      assertThat(json).isNull();
      return;
    }
    assertThat(json).as(() -> "no member for " + value).isNotNull();
    if (value instanceof Collection<?> list) {
      JsonArray array = json.getAsJsonArray();
      assertThat(array).hasSize(list.size());
      int i = 0;
      for (Object each : list) {
        assertSame(each, array.get(i++));
      }
    } else if (value instanceof Map<?, ?> map) {
      assertSame(map, json);
    } else if (value instanceof Record) {
      JsonObject object = json.getAsJsonObject();
      for (RecordComponent component : value.getClass().getRecordComponents()) {
        assertSame(component.getAccessor().invoke(value), object.get(component.getName()));
      }
    } else {
      JsonPrimitive primitive = json.getAsJsonPrimitive();
      assertThat(primitive.getAsString()).isEqualTo(text(value));
    }
  }

  private static void assertSame(Map<?, ?> map, JsonElement json)
      throws ReflectiveOperationException {
    if (json.isJsonArray()) {
      // Of TLS handshakes, whose keys are no names.
      assertThat(json.getAsJsonArray()).hasSize(map.size());
      return;
    }
    Map<String, Object> named = new TreeMap<>();
    map.forEach((key, value) -> named.put(text(key), value));
    assertThat(json.getAsJsonObject().keySet()).isEqualTo(named.keySet());
    for (Map.Entry<String, Object> entry : named.entrySet()) {
      assertSame(entry.getValue(), json.getAsJsonObject().get(entry.getKey()));
    }
  }

  private static String text(Object value) {
    if (value instanceof OptionalLong number) {
      return String.valueOf(number.getAsLong());
    }
    if (value instanceof ConnectivityState || value instanceof State) {
      return ((Enum<?>) value).name();
    }
    return value instanceof Enum<?> constant
        ? constant.name().toLowerCase(java.util.Locale.ROOT)
        : value.toString();
  }
}
