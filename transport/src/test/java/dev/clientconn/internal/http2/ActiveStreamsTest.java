// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.internal.flow.SendQuota;
import dev.clientconn.internal.transport.StreamParameters;
import dev.clientconn.internal.wire.RequestHeaders;
import dev.clientconn.testing.FixedParameters;
import dev.clientconn.testing.ManualLoop;
import io.grpc.Metadata;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ActiveStreamsTest {

  private final ActiveStreams table = new ActiveStreams();
  private final SendQuota quota = new SendQuota();
  private final ControlBuffer control = new ControlBuffer(new ManualLoop(), () -> {}, () -> false);

  private StreamState opened() {
    StreamParameters call =
        new FixedParameters(Http2Peer.METHOD, null, null, null, 0, 100, 100, new Metadata());
    Http2ClientStream clientStream = new Http2ClientStream(
        control, call, RequestHeaders.Lists.NONE, null, new RecordingCall(), 100, false);
    StreamState stream = new StreamState(clientStream, quota, 65_535);
    table.register(stream);
    return stream;
  }

  private int longestChain() {
    int longest = 0;
    for (StreamState stream : table.all()) {
      int length = 0;
      for (@Nullable StreamState s = stream; s != null; s = s.nextInChain) {
        length++;
      }
      longest = Math.max(longest, length);
    }
    return longest;
  }

  @Test
  void idsAreOddAndInARow() {
    assertThat(opened().id()).isEqualTo(1);
    assertThat(opened().id()).isEqualTo(3);
    assertThat(table.opened()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void findsWhatIsOpenAndNothingElse(long seed) {
    Random random = new Random(seed);
    Map<Integer, StreamState> open = new HashMap<>();
    int id = 0;
    for (int i = 0; i < 20_000; i++) {
      // More come than go in the first half, and fewer in the second.
      if (random.nextInt(20_000) > i) {
        StreamState stream = opened();
        id = stream.id();
        open.put(id, stream);
      }
      int any = 1 + 2 * random.nextInt(id / 2 + 1);
      assertThat(table.find(any)).isSameAs(open.get(any));
      if (open.containsKey(any)) {
        table.remove(Objects.requireNonNull(open.remove(any)));
        assertThat(table.find(any)).isNull();
      }
      assertThat(table.active()).isEqualTo(open.size());
    }

    assertThat(table.all()).containsExactlyInAnyOrderElementsOf(open.values());
  }

  @Test
  void whatIsNotInItCanBeRemoved() {
    StreamState gone = opened();
    StreamState stays = opened();
    table.remove(gone);

    table.remove(gone);

    assertThat(table.active()).isEqualTo(1);
    assertThat(table.find(stays.id())).isSameAs(stays);
  }

  @Test
  void tenThousandStreamsInARowShareNoChain() {
    for (int i = 0; i < 10_000; i++) {
      opened();
    }

    assertThat(longestChain()).isEqualTo(1);
  }

  @Test
  void idleStreamsAreNotInTheWayOfThoseThatComeAndGo() {
    for (int i = 0; i < 10_000; i++) {
      opened();
    }
    Queue<StreamState> busy = new ArrayDeque<>();
    for (int i = 0; i < 5_000; i++) {
      busy.add(opened());
    }

    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < 5_000; i++) {
        table.remove(busy.remove());
        busy.add(opened());
      }
      assertThat(longestChain()).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void givesItsMemoryBackWhenStreamsHaveEnded() {
    Queue<StreamState> streams = new ArrayDeque<>();
    for (int i = 0; i < 10_000; i++) {
      streams.add(opened());
    }
    assertThat(table.capacity()).isGreaterThanOrEqualTo(10_000);

    streams.forEach(table::remove);

    assertThat(table.capacity()).isLessThanOrEqualTo(16);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void visitsEachStreamOnceThoughTheTableIsResized(long seed) {
    Random random = new Random(seed);
    List<StreamState> stay = new ArrayList<>();
    List<StreamState> go = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      (random.nextInt(4) == 0 ? stay : go).add(opened());
    }
    List<StreamState> visited = new ArrayList<>();

    for (long at = table.visit(0, 10, visited::add);
        at < ActiveStreams.END;
        at = table.visit(at, 10, visited::add)) {
      int before = visited.size();
      for (int i = 0; i < 20 && !go.isEmpty() && random.nextBoolean(); i++) {
        table.remove(go.remove(go.size() - 1));
      }
      for (int i = 0; i < 50 && random.nextInt(3) == 0; i++) {
        go.add(opened());
      }
      assertThat(visited.size()).isEqualTo(before);
    }

    assertThat(visited).doesNotHaveDuplicates().containsAll(stay);
  }

  @Test
  void visitLooksAtNoMoreThanItMay() {
    for (int i = 0; i < 1_000; i++) {
      opened();
    }
    List<StreamState> visited = new ArrayList<>();
    long at = table.visit(0, 100, visited::add);
    assertThat(visited).hasSizeBetween(40, 100);
    assertThat(table.visit(at, Integer.MAX_VALUE, visited::add)).isEqualTo(ActiveStreams.END);
    assertThat(visited).hasSize(1_000).doesNotHaveDuplicates();
  }
}
