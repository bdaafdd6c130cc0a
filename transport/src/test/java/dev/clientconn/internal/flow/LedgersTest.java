// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs both ends of a connection's flow control with frames in flight between them. In any order of
 * events, what one end may send plus the bytes in flight must equal what the other end allows.
 */
class LedgersTest {

  private static final int STREAMS = 5;
  private static final int STREAM_LIMIT = 70_000;
  private static final int CONNECTION_LIMIT = 150_000;

  private static final class Stream {
    private final SendQuota.OfStream sender;
    private final InFlow receiver = new InFlow(STREAM_LIMIT);
    private long dataUnderWay;
    private long creditUnderWay;
    private int unread;

    Stream(SendQuota quota) {
      sender = new SendQuota.OfStream(quota);
    }
  }

  private final SendQuota quota = new SendQuota();
  private final ConnInFlow connection = new ConnInFlow(Window.INITIAL);
  private final List<Stream> streams = new ArrayList<>();
  private final Queue<Runnable> toReceiver = new ArrayDeque<>();
  private final Queue<Runnable> toSender = new ArrayDeque<>();
  private long dataUnderWay;
  private long creditUnderWay;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void bothLedgersAgreeAfterAnyInterleaving(long seed) {
    Random random = new Random(seed);
    quota.initialStreamWindow(STREAM_LIMIT);
    for (int i = 0; i < STREAMS; i++) {
      streams.add(new Stream(quota));
    }
    creditConnection(connection.raiseTo(CONNECTION_LIMIT));

    for (int i = 0; i < 20_000; i++) {
      step(random, streams.get(random.nextInt(STREAMS)));
      check();
    }
    settle();
  }

  private void step(Random random, Stream stream) {
    switch (random.nextInt(6)) {
      case 0 -> send(stream, random);
      case 1 -> run(toReceiver);
      case 2 -> run(toSender);
      case 3 -> take(stream, random.nextInt(stream.unread + 1));
      case 4 -> creditStream(stream, stream.receiver.grant(random.nextInt(STREAM_LIMIT * 2)));
      default -> creditConnection(connection.takeCredit());
    }
  }

  private void send(Stream stream, Random random) {
    int length = Math.min(stream.sender.available(), random.nextInt(16_385));
    stream.sender.consume(length);
    stream.dataUnderWay += length;
    dataUnderWay += length;
    toReceiver.add(() -> {
      stream.dataUnderWay -= length;
      dataUnderWay -= length;
      stream.unread += length;
      assertThat(connection.received(length)).isTrue();
      assertThat(stream.receiver.received(length)).isTrue();
    });
  }

  private void take(Stream stream, int bytes) {
    stream.unread -= bytes;
    creditStream(stream, stream.receiver.consumed(bytes));
  }

  private void creditStream(Stream stream, int credit) {
    assertThat(credit).isNotNegative();
    stream.creditUnderWay += credit;
    toSender.add(() -> {
      stream.creditUnderWay -= credit;
      assertThat(stream.sender.tryIncrease(credit)).isTrue();
    });
  }

  private void creditConnection(int credit) {
    assertThat(credit).isNotNegative();
    creditUnderWay += credit;
    toSender.add(() -> {
      creditUnderWay -= credit;
      assertThat(quota.connection().tryIncrease(credit)).isTrue();
    });
  }

  private static void run(Queue<Runnable> frames) {
    Runnable frame = frames.poll();
    if (frame != null) {
      frame.run();
    }
  }

  private void check() {
    for (Stream stream : streams) {
      assertThat(stream.sender.window() + stream.dataUnderWay + stream.creditUnderWay)
          .isEqualTo(stream.receiver.available());
    }
    assertThat(quota.connection().size() + dataUnderWay + creditUnderWay)
        .isEqualTo(connection.available());
  }

  /**
   * Once everything is delivered and read, at least three quarters of each window are open: no
   * sender is blocked.
   */
  private void settle() {
    while (!toReceiver.isEmpty()) {
      run(toReceiver);
    }
    streams.forEach(s -> take(s, s.unread));
    creditConnection(connection.takeCredit());
    while (!toSender.isEmpty()) {
      run(toSender);
    }
    check();
    for (Stream stream : streams) {
      assertThat(stream.sender.window()).isGreaterThan(STREAM_LIMIT * 3L / 4);
    }
    assertThat(quota.connection().size()).isGreaterThan(CONNECTION_LIMIT * 3L / 4);
  }
}
