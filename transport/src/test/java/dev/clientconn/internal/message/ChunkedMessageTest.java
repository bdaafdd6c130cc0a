// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import static dev.clientconn.internal.message.InboundChunkPool.CHUNK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.KnownLength;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkedMessageTest {

  private final InboundChunkPool pool = new InboundChunkPool(100L * CHUNK);

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private InboundMessage message(byte[] body) {
    return new ChunkedMessage(Messages.chunks(pool, body), false);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 3 * CHUNK, 20 * CHUNK + 7})
  void allBytesAreReadInOrderAndAllChunksAreReturned(int length) throws IOException {
    byte[] body = random(length);
    InputStream stream = message(body);

    assertThat(stream).isInstanceOf(KnownLength.class);
    assertThat(stream.available()).isEqualTo(length);
    byte[] read = new byte[length];
    assertThat(stream.read(read, 0, length)).isEqualTo(length);

    assertThat(read).isEqualTo(body);
    assertThat(stream.available()).isZero();
    assertThat(stream.read()).isEqualTo(-1);
    assertThat(stream.read(read, 0, 1)).isEqualTo(-1);
    assertThat(pool.pooledBytes()).isEqualTo((length + CHUNK - 1) / CHUNK * (long) CHUNK);
  }

  @Test
  void readsOfAnyLengthSplitChunksAnywhere() throws IOException {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      byte[] body = random(1 + random.nextInt(5 * CHUNK));
      InputStream stream = message(body);
      ByteArrayOutputStream read = new ByteArrayOutputStream();
      while (stream.available() > 0) {
        int kind = random.nextInt(10);
        if (kind == 0) {
          read.write(stream.read());
        } else if (kind == 1) {
          int from = read.size();
          read.write(body, from, (int) stream.skip(random.nextInt(2 * CHUNK)));
        } else {
          byte[] target = new byte[3 + random.nextInt(1 << random.nextInt(17))];
          read.write(target, 2, stream.read(target, 2, target.length - 2));
        }
      }
      assertThat(read.toByteArray()).as("seed %d", seed).isEqualTo(body);
    }
  }

  @Test
  void aChunkIsReturnedWhenItHasBeenRead() throws IOException {
    InputStream stream = message(random(3 * CHUNK));

    stream.readNBytes(CHUNK - 1);
    assertThat(pool.pooledBytes()).isZero();
    stream.read();
    assertThat(pool.pooledBytes()).isEqualTo(CHUNK);
    stream.skip(CHUNK + 1);
    assertThat(pool.pooledBytes()).isEqualTo(2 * CHUNK);
  }

  @Test
  void aStreamThatIsReadAfterItsReleaseFails() throws IOException {
    InboundMessage message = message(random(3 * CHUNK));
    InputStream kept = message;
    kept.readNBytes(CHUNK + 100);

    message.release();
    message(random(5 * CHUNK));

    assertThatThrownBy(kept::read).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> kept.read(new byte[10])).isInstanceOf(IOException.class);
    assertThatThrownBy(kept::readAllBytes).hasMessageContaining("has been closed");
  }

  @Test
  void closingEarlyReturnsTheRemainingChunksOnce() throws IOException {
    InboundMessage message = message(random(3 * CHUNK + 1));
    InputStream stream = message;
    stream.read();

    stream.close();
    stream.close();
    message.release();

    assertThat(pool.pooledBytes()).isEqualTo(4 * CHUNK);
    assertThat(pool.take()).isNotSameAs(pool.take());
  }

  @Test
  void afterAMarkNoChunkIsReturnedBeforeTheEnd() throws IOException {
    byte[] body = random(4 * CHUNK);
    InboundMessage message = message(body);
    InputStream stream = message;
    assertThat(stream.markSupported()).isTrue();
    stream.readNBytes(10);

    stream.mark(Integer.MAX_VALUE);
    stream.readAllBytes();
    stream.reset();

    assertThat(stream.readAllBytes()).isEqualTo(Arrays.copyOfRange(body, 10, body.length));
    assertThat(pool.pooledBytes()).isZero();
    message.release();
    assertThat(pool.pooledBytes()).isEqualTo(4 * CHUNK);
    stream.reset();
    assertThatThrownBy(stream::read).isInstanceOf(IOException.class);
  }

  @Test
  void resetWithoutAMarkFails() throws IOException {
    InputStream stream = message(random(2 * CHUNK));
    stream.readNBytes(CHUNK);

    assertThatThrownBy(stream::reset).isInstanceOf(IOException.class);
  }
}
