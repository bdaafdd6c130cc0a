// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.http2.FrameLog.Frame;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The windows of the connection agree at every moment with those that a peer computes from the
 * frames it sees (RFC 9113 section 6.9), while messages of all sizes are sent both ways on five
 * streams.
 */
class WindowLedgersTest extends PeerTest {

  private static final int STREAMS = 5;

  /**
   * What the peer may send, and how much room it has left for the other side; stream 0 is the
   * connection.
   */
  private final Map<Integer, Long> maySend = new HashMap<>();

  private final Map<Integer, Long> hasRoom = new HashMap<>();
  private final Map<Integer, RecordingCall> calls = new HashMap<>();
  private final Map<Integer, Queue<byte[]>> backlog = new HashMap<>();
  private final Map<Integer, Integer> untaken = new HashMap<>();
  private int answered;

  @Conforms("J29")
  @ParameterizedTest
  @CsvSource({
    "65535, 65535, 1000, 1",
    "65535, 65535, 300000, 2",
    "65535, 1048576, 300000, 3",
    "1048576, 65535, 300000, 4",
    "8388608, 12582912, 1000000, 5",
    "100000, 70000, 50, 6"
  })
  void bothSidesAgreeOnWindowsWhateverTheSizes(
      int streamWindow, int connectionWindow, int largest, long seed) {
    Http2Peer peer = ready(s -> {
      s.streamWindow = streamWindow;
      s.connectionWindow = connectionWindow;
    });
    maySend.put(0, (long) connectionWindow);
    hasRoom.put(0, 65_535L);
    for (int id = 1; id < 2 * STREAMS; id += 2) {
      calls.put(id, peer.streaming());
      peer.sendsHeaders(id);
      maySend.put(id, (long) streamWindow);
      hasRoom.put(id, 65_535L);
      backlog.put(id, new ArrayDeque<>());
      untaken.put(id, 0);
    }
    Random random = new Random(seed);

    for (int i = 0; i < 600; i++) {
      step(peer, random, 2 * random.nextInt(STREAMS) + 1, largest);
      read(peer);
      check(peer);
    }
    drain(peer);
    check(peer);
  }

  private void step(Http2Peer peer, Random random, int id, int largest) {
    switch (random.nextInt(5)) {
      case 0 -> call(id).write(new byte[random.nextInt(largest)]);
      case 1 -> {
        if (backlog(id).size() < 3) {
          backlog(id).add(Http2Peer.framed(new byte[random.nextInt(largest)]));
          answered++;
        }
      }
      case 2 -> send(peer, id);
      case 3 -> take(id);
      default -> giveRoom(peer, random.nextBoolean() ? 0 : id, 1 + random.nextInt(100_000));
    }
    peer.loop.run();
  }

  /** As much of the first message as the windows allow. */
  private void send(Http2Peer peer, int id) {
    byte[] message = backlog(id).peek();
    while (message != null) {
      int length = (int)
          Math.min(Math.min(16_384, message.length), Math.min(get(maySend, 0), get(maySend, id)));
      if (length <= 0) {
        return;
      }
      backlog(id).remove();
      maySend.merge(0, -(long) length, Long::sum);
      maySend.merge(id, -(long) length, Long::sum);
      peer.sendsData(id, Arrays.copyOf(message, length), 0, false);
      if (length < message.length) {
        Queue<byte[]> rest = new ArrayDeque<>(backlog(id));
        backlog(id).clear();
        backlog(id).add(Arrays.copyOfRange(message, length, message.length));
        backlog(id).addAll(rest);
      }
      read(peer);
      message = backlog(id).peek();
    }
  }

  private void take(int id) {
    RecordingCall call = call(id);
    int received = call.messages.stream().mapToInt(m -> m.length + 5).sum();
    int fresh = received - Objects.requireNonNull(untaken.get(id));
    if (fresh > 0) {
      untaken.put(id, received);
      call.stream().consumed(fresh);
    }
  }

  private void giveRoom(Http2Peer peer, int id, int bytes) {
    hasRoom.merge(id, (long) bytes, Long::sum);
    peer.sendsWindowUpdate(id, bytes);
  }

  private void read(Http2Peer peer) {
    for (Frame frame : peer.frames()) {
      String text = frame.text();
      if (text.startsWith("WINDOW_UPDATE")) {
        long credit = Long.parseLong(text.substring(text.indexOf('+') + 1));
        maySend.merge(frame.streamId(), credit, Long::sum);
      } else if (text.startsWith("DATA")) {
        long length = frame.data().readableBytes();
        assertThat(hasRoom.merge(0, -length, Long::sum)).isNotNegative();
        assertThat(hasRoom.merge(frame.streamId(), -length, Long::sum)).isNotNegative();
      }
    }
  }

  private void check(Http2Peer peer) {
    assertThat(peer.transport.snapshot().window().receive()).isEqualTo(get(maySend, 0));
    assertThat(peer.transport.snapshot().window().send()).isEqualTo(get(hasRoom, 0));
    for (int id : calls.keySet()) {
      StreamState stream = Objects.requireNonNull(peer.table.find(id));
      assertThat(stream.inFlow().available()).isEqualTo(get(maySend, id));
      assertThat(stream.sendQuota().window()).isEqualTo(get(hasRoom, id));
    }
  }

  /** Everything arrives in the end: no window is stuck. */
  private void drain(Http2Peer peer) {
    for (int round = 0; round < 50; round++) {
      for (int id : calls.keySet()) {
        send(peer, id);
        take(id);
        giveRoom(peer, id, 1_000_000);
        giveRoom(peer, 0, 1_000_000);
        peer.loop.run();
        read(peer);
      }
    }
    assertThat(backlog.values()).allMatch(Queue::isEmpty);
    assertThat(calls.values().stream().mapToInt(c -> c.messages.size()).sum()).isEqualTo(answered);
    assertThat(calls.values()).allMatch(c -> c.stream().isReady());
  }

  private static long get(Map<Integer, Long> ledger, int id) {
    return Objects.requireNonNull(ledger.get(id));
  }

  private RecordingCall call(int id) {
    return Objects.requireNonNull(calls.get(id));
  }

  private Queue<byte[]> backlog(int id) {
    return Objects.requireNonNull(backlog.get(id));
  }
}
