// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import static dev.clientconn.internal.message.InboundChunkPool.CHUNK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.internal.message.Messages.Received;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
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
  void framesOfAnyLengthAddUpToTheMessage() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      FramedMessage sent = FramedMessage.of(Messages.outbound(pool, frame), 0);
      Received out = new Received();
      while (out.size() < frame.length) {
        int length = Math.min(frame.length - out.size(), 1 + random.nextInt(40_000));
        sent.writeTo(out.size(), length, out);
      }
      assertThat(out.bytes()).as("seed %d", seed).isEqualTo(frame);
      sent.release();
      assertThat(pool.bytesInUse()).as("but for the test's own message").isEqualTo(4 * CHUNK);
    }
  }

  @Test
  void theLastReleaseReturnsTheChunks() {
    assertThat(message.retain()).isTrue();

    message.release();
    assertThat(pool.pooledBytes()).isZero();
    message.release();

    assertThat(pool.pooledBytes()).isEqualTo(4 * CHUNK);
    assertThat(message.retain()).as("after the last release").isFalse();
    assertThat(pool.bytesInUse()).isZero();
  }

  @Test
  void aChunkIsReturnedWhenTheSocketHasReadItAndNotBefore() {
    List<ByteBuf> pending = new ArrayList<>();
    message.writeTo(0, frame.length, new Received() {
      @Override
      public void addBuffer(ByteBuf part) {
        pending.add(part);
      }
    });
    message.release();
    assertThat(pool.pooledBytes()).isZero();

    assertThat(ByteBufUtil.getBytes(pending.get(3))).hasSize(100);
    pending.forEach(ByteBuf::release);

    assertThat(pool.pooledBytes()).isEqualTo(4 * CHUNK);
  }

  @Test
  void severalStreamsMaySendItAtTheSameTime() {
    Received other = new Received();

    message.writeTo(0, CHUNK + 1, received);
    message.writeTo(0, 2 * CHUNK, other);
    message.writeTo(CHUNK + 1, frame.length - CHUNK - 1, received);
    message.writeTo(2 * CHUNK, frame.length - 2 * CHUNK, other);

    assertThat(received.bytes()).isEqualTo(frame);
    assertThat(other.bytes()).isEqualTo(frame);
    assertThat(pool.pooledBytes()).isZero();
    message.release();
    assertThat(pool.pooledBytes()).isEqualTo(4 * CHUNK);
  }

  @Test
  void afterTheLastReleaseItIsNotSentAndNoChunkIsReturnedTwice() {
    message.release();
    message.release();

    assertThatThrownBy(() -> Messages.bytes(message)).isInstanceOf(IllegalStateException.class);
    assertThat(pool.pooledBytes()).isEqualTo(4 * CHUNK);
  }

  @Test
  void aMessageInAnArrayCountsNoReferences() {
    FramedMessage small = FramedMessage.of(new byte[10], 5);

    small.release();
    small.release();

    assertThat(small.retain()).isTrue();
    assertThat(Messages.bytes(small)).hasSize(10);
  }
}
