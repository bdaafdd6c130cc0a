// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import static dev.clientconn.internal.message.InboundChunkPool.CHUNK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageBufferTest {

  private final InboundChunkPool pool = new InboundChunkPool(100L * CHUNK);

  private final class Buffer extends MessageBuffer<InboundChunks> {
    Buffer(int reserved, int expected) {
      super(() -> new InboundChunks(pool), reserved, expected);
    }

    @Override
    protected void checkSize(long newSize) {
      if (newSize > 10L * CHUNK) {
        throw new IllegalArgumentException("too long: " + newSize);
      }
    }

    byte[] all() {
      InboundChunks chunks = sealChunks();
      return chunks == null ? sealArray() : Messages.bytes(new ChunkedMessage(chunks, false));
    }
  }

  @Test
  void containsWhatWasWrittenInPartsOfAnyLengthWhateverLengthWasExpected() throws Exception {
    byte[] junk = new byte[CHUNK];
    Arrays.fill(junk, (byte) 0xee);
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      byte[] body = new byte[random.nextInt(1 << random.nextInt(18))];
      random.nextBytes(body);
      pool.returnChunk(junk.clone());
      Buffer buffer = new Buffer(5, random.nextBoolean() ? 5 + body.length : 0);
      int at = 0;
      while (at < body.length) {
        int cut = Math.min(body.length - at, random.nextInt(1 << random.nextInt(18)));
        if (cut == 1) {
          buffer.write(body[at]);
        } else {
          buffer.write(body, at, cut);
        }
        at += cut;
      }
      byte[] whole = new byte[5 + body.length];
      System.arraycopy(body, 0, whole, 5, body.length);
      assertThat(buffer.all()).as("seed %d", seed).isEqualTo(whole);
    }
  }

  @ParameterizedTest
  @CsvSource({"16384,false", "16385,true", "32768,true"})
  void onlyAMessageLongerThanAChunkIsInChunks(int length, boolean chunked) throws Exception {
    for (int expected : new int[] {0, length}) {
      Buffer buffer = new Buffer(0, expected);
      buffer.write(new byte[length]);
      assertThat(buffer.sealChunks() != null).isEqualTo(chunked);
    }
  }

  @Test
  void writingToACompleteMessageFails() throws Exception {
    Buffer buffer = new Buffer(0, 0);
    buffer.write(new byte[CHUNK + 1]);
    buffer.sealChunks();

    assertThatThrownBy(() -> buffer.write(1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theLimitIsCheckedWhileTheMessageGrows() throws Exception {
    Buffer buffer = new Buffer(0, 0);
    buffer.write(new byte[10 * CHUNK]);

    assertThatThrownBy(() -> buffer.write(1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(buffer.all()).hasSize(10 * CHUNK);
  }
}
