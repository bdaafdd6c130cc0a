// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import static dev.clientconn.internal.message.ChunkPool.CHUNK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.internal.message.Messages.Received;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FramedMessageTest {

  private final OutboundChunkPool pool = new OutboundChunkPool(100L * CHUNK, 100L * CHUNK);
  private final byte[] frame = random(3 * CHUNK + 100);
  private final FramedMessage message =
      FramedMessage.of(Messages.outbound(pool, frame), frame.length - 5);
  private final Received received = new Received();

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @Test
  void framesOfAnyLengthTogetherAreTheMessage() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      FramedMessage sent = FramedMessage.of(Messages.outbound(pool, frame), 0);
      boolean kept = random.nextBoolean();
      if (kept) {
        sent.keep();
      }
      Received out = new Received();
      while (out.size() < frame.length) {
        int length = Math.min(frame.length - out.size(), 1 + random.nextInt(40_000));
        sent.send(out.size(), length, out);
      }
      assertThat(out.bytes()).as("seed %d", seed).isEqualTo(frame);
      if (kept) {
        sent.letGo();
      }
      assertThat(pool.lent()).as("but for the test's own message").isEqualTo(4 * CHUNK);
    }
  }

  @Test
  void chunksGoBackAsTheyAreSent() {
    message.send(0, CHUNK - 1, received);
    assertThat(pool.resting()).isZero();
    message.send(CHUNK - 1, 2, received);
    assertThat(pool.resting()).isEqualTo(CHUNK);
    message.send(CHUNK + 1, frame.length - CHUNK - 1, received);
    assertThat(pool.resting()).isEqualTo(4 * CHUNK);
  }

  @Test
  void aChunkGoesBackWhenTheSocketHasReadItAndNotBefore() {
    List<ByteBuf> onTheWay = new ArrayList<>();
    message.send(0, frame.length, new Received() {
      @Override
      public void lend(ByteBuf part) {
        onTheWay.add(part);
      }
    });
    message.drop();
    assertThat(pool.resting()).isZero();

    assertThat(ByteBufUtil.getBytes(onTheWay.get(3))).hasSize(100);
    onTheWay.forEach(ByteBuf::release);

    assertThat(pool.resting()).isEqualTo(4 * CHUNK);
  }

  @Test
  void whatIsDroppedGoesBack() {
    message.send(0, CHUNK + 1, received);

    message.drop();
    message.drop();

    assertThat(pool.resting()).isEqualTo(4 * CHUNK);
  }

  @Test
  void whatIsKeptCanBeSentAgain() {
    message.keep();

    assertThat(Messages.bytes(message)).isEqualTo(frame);
    assertThat(pool.resting()).isZero();
    message.keep();
    assertThat(Messages.bytes(message)).isEqualTo(frame);
  }

  @Test
  void whatIsKeptCanBeSentAgainAfterPartOfItWasSentAndTheRestDropped() {
    message.keep();
    message.send(0, CHUNK + 1, received);
    message.drop();

    message.keep();

    assertThat(Messages.bytes(message)).isEqualTo(frame);
    message.letGo();
    assertThat(pool.resting()).isEqualTo(4 * CHUNK);
  }

  @Test
  void anEarlierAttemptsFramesOutliveTheNextAttempt() {
    message.keep();
    List<ByteBuf> onTheWay = new ArrayList<>();
    message.send(0, CHUNK, new Received() {
      @Override
      public void lend(ByteBuf part) {
        onTheWay.add(part);
      }
    });
    message.drop();
    message.keep();
    Messages.bytes(message);
    message.letGo();

    assertThat(pool.resting()).isEqualTo(3 * CHUNK);
    assertThat(ByteBufUtil.getBytes(onTheWay.get(0))).isEqualTo(Arrays.copyOf(frame, CHUNK));
    onTheWay.get(0).release();
    assertThat(pool.resting()).isEqualTo(4 * CHUNK);
  }

  @Test
  void whatIsLetGoGoesBackAsFarAsItWasSent() {
    message.keep();
    message.send(0, 2 * CHUNK + 1, received);

    message.letGo();

    assertThat(pool.resting()).isEqualTo(2 * CHUNK);
    message.send(2 * CHUNK + 1, CHUNK, received);
    assertThat(pool.resting()).isEqualTo(3 * CHUNK);
  }

  @Test
  void whatWasSentOnceIsHeldForTheNextTimeUntilThatIsSent() {
    message.keep();
    Messages.bytes(message);

    message.keep();
    message.letGo();

    assertThat(pool.resting()).isZero();
    assertThat(Messages.bytes(message)).isEqualTo(frame);
    assertThat(pool.resting()).isEqualTo(4 * CHUNK);
  }

  @Test
  void bytesThatHaveGoneBackAreNotSent() {
    Messages.bytes(message);

    assertThatThrownBy(() -> Messages.bytes(message)).isInstanceOf(IllegalStateException.class);
  }
}
