// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamSenderTest {

  private static final int WINDOW = 65_535;
  private static final int FRAME = 16_384;

  private final List<String> written = new ArrayList<>();
  private final ByteBuf out = Unpooled.buffer();
  private final StreamSender sender = new StreamSender(new StreamSender.Content() {
    @Override
    public void writeData(ByteBuf buffer, int streamId, long offset, int length, boolean last) {
      written.add(streamId + ": " + length + " from " + offset + (last ? ", end" : ""));
      buffer.writeZero(length);
    }

    @Override
    public void writeEnd(ByteBuf buffer, int streamId) {
      written.add(streamId + ": end");
    }
  });

  @Test
  void aSmallBodyIsSentAtOnceWithTheEndOfItsStream() {
    sender.offer(sender.open(1), 100, true, out);

    assertThat(written).containsExactly("1: 100 from 0, end");
    assertThat(sender.get(1)).isNull();
  }

  @Test
  void streamsTakeTurnsFrameByFrame() {
    sender.windowUpdate(0, 1 << 20);
    sender.offer(sender.open(1), 2 * FRAME, true, out);
    sender.offer(sender.open(3), FRAME + 1, true, out);
    sender.send(out);

    assertThat(written)
        .containsExactly(
            "1: 16384 from 0",
            "3: 16384 from 0",
            "1: 16384 from 16384, end",
            "3: 1 from 16384, end");
  }

  @Test
  void noMoreThanTheConnectionWindowIsSent() {
    sender.initialWindow(1 << 20);
    sender.offer(sender.open(1), 100_000, true, out);
    sender.send(out);
    assertThat(out.readableBytes()).isEqualTo(WINDOW);
    assertThat(sender.canSend()).isFalse();

    sender.windowUpdate(0, 1);
    sender.send(out);
    assertThat(out.readableBytes()).isEqualTo(WINDOW + 1);
  }

  @Test
  void aStreamWithoutWindowDoesNotDelayOthers() {
    sender.windowUpdate(0, 1 << 20);
    sender.offer(sender.open(1), 100_000, true, out);
    sender.send(out);
    assertThat(out.readableBytes()).isEqualTo(WINDOW);

    sender.offer(sender.open(3), 5, true, out);
    assertThat(written).last().isEqualTo("3: 5 from 0, end");
    sender.windowUpdate(1, 100_000);
    sender.send(out);
    assertThat(out.readableBytes()).isEqualTo(100_005);
  }

  @Test
  void aSmallerInitialWindowReducesOpenStreams() {
    StreamSender.SendState stream = sender.open(1);
    sender.initialWindow(0);
    sender.offer(stream, 10, true, out);
    sender.send(out);
    assertThat(written).isEmpty();

    sender.initialWindow(4);
    sender.send(out);
    assertThat(written).containsExactly("1: 4 from 0");
  }

  @Test
  void nothingIsSentWhileTheSocketIsFull() {
    sender.socketFull(true);
    sender.offer(sender.open(1), 10, true, out);
    sender.send(out);
    assertThat(written).isEmpty();
    assertThat(sender.canSend()).isFalse();

    sender.socketFull(false);
    assertThat(sender.canSend()).isTrue();
  }

  @Test
  void aBufferHasALimit() {
    sender.windowUpdate(0, 1 << 30);
    StreamSender.SendState stream = sender.open(1);
    sender.windowUpdate(1, 1 << 30);
    sender.offer(stream, Long.MAX_VALUE, false, out);
    sender.send(out);

    assertThat(out.readableBytes()).isBetween(256 * 1024, 256 * 1024 + FRAME);
    assertThat(sender.canSend()).isTrue();
  }

  @Test
  void aClosedStreamSendsNothingMoreAndDoesNotDelayOthers() {
    sender.offer(sender.open(1), 100_000, true, out);
    sender.offer(sender.open(3), 100_000, true, out);
    sender.close(1);
    sender.send(out);

    assertThat(written).isNotEmpty().allMatch(frame -> frame.startsWith("3: "));
  }

  @Test
  void aStreamWhoseDataWasSentEndsWithoutData() {
    StreamSender.SendState stream = sender.open(1);
    sender.offer(stream, 100, false, out);
    assertThat(sender.get(1)).isSameAs(stream);
    sender.offer(stream, 100, true, out);

    assertThat(written).containsExactly("1: 100 from 0", "1: end");
    assertThat(sender.get(1)).isNull();
  }
}
