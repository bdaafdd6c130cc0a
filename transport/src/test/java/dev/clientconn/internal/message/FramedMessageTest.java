// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import static dev.clientconn.internal.message.ChunkPool.CHUNK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FramedMessageTest {

  private final ChunkPool pool = new ChunkPool(100L * CHUNK);
  private final byte[] frame = random(3 * CHUNK + 100);
  private final FramedMessage message =
      FramedMessage.of(Messages.chunks(pool, frame), frame.length - 5);

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @Test
  void framesOfAnyLengthTogetherAreTheMessage() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      FramedMessage sent = FramedMessage.of(Messages.chunks(pool, frame), 0);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      while (out.size() < frame.length) {
        int length = Math.min(frame.length - out.size(), 1 + random.nextInt(40_000));
        sent.copy(out.size(), length, out::write);
      }
      assertThat(out.toByteArray()).as("seed %d", seed).isEqualTo(frame);
    }
  }

  @Test
  void chunksGoBackAsTheyAreSent() {
    message.copy(0, CHUNK - 1, (source, offset, length) -> {});
    assertThat(pool.resting()).isZero();
    message.copy(CHUNK - 1, 2, (source, offset, length) -> {});
    assertThat(pool.resting()).isEqualTo(CHUNK);
    message.copy(CHUNK + 1, frame.length - CHUNK - 1, (source, offset, length) -> {});
    assertThat(pool.resting()).isEqualTo(4 * CHUNK);
  }

  @Test
  void whatIsKeptCanBeSentAgain() {
    message.keep();

    assertThat(Messages.bytes(message)).isEqualTo(frame);
    assertThat(pool.resting()).isZero();
    assertThat(Messages.bytes(message)).isEqualTo(frame);
  }

  @Test
  void whatIsLetGoGoesBackAsFarAsItWasSent() {
    message.keep();
    message.copy(0, 2 * CHUNK + 1, (source, offset, length) -> {});

    message.letGo();

    assertThat(pool.resting()).isEqualTo(2 * CHUNK);
    message.copy(2 * CHUNK + 1, CHUNK, (source, offset, length) -> {});
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
  }

  @Test
  void bytesThatHaveGoneBackAreNotSent() {
    Messages.bytes(message);

    assertThatThrownBy(() -> Messages.bytes(message)).isInstanceOf(IllegalStateException.class);
  }
}
