// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import static dev.clientconn.internal.message.ChunkPool.CHUNK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SmallMessagesTest {

  private final ChunkPool pool = new ChunkPool(100L * CHUNK);
  private final SmallMessages small = new SmallMessages(pool);

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private InboundMessage read(byte[] body) {
    System.arraycopy(body, 0, small.room(body.length), small.start(), body.length);
    return small.written(body.length, false);
  }

  @Test
  void neighboursAreToldApart() throws IOException {
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      List<byte[]> bodies = new ArrayList<>();
      List<InboundMessage> messages = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        bodies.add(random(random.nextInt(1 << random.nextInt(15))));
        messages.add(read(bodies.get(i)));
      }
      small.endBatch();

      for (int i = 0; i < messages.size(); i++) {
        InboundMessage message = messages.get(i);
        assertThat(message.size()).isEqualTo(bodies.get(i).length);
        assertThat(message.open().readAllBytes()).as("seed %d", seed).isEqualTo(bodies.get(i));
        message.release();
      }
    }
  }

  @Test
  void aChunkGoesBackWithTheLastMessageInIt() {
    read(random(CHUNK / 16)).release();
    List<InboundMessage> messages = new ArrayList<>();
    for (int i = 0; i < 17; i++) {
      messages.add(read(random(CHUNK / 16)));
    }
    small.endBatch();

    messages.subList(0, 15).forEach(InboundMessage::release);
    assertThat(pool.resting()).isZero();
    messages.get(15).release();
    assertThat(pool.resting()).isEqualTo(CHUNK);
    messages.get(16).release();
    messages.get(16).release();
    assertThat(pool.resting()).isEqualTo(2 * CHUNK);
  }

  @Test
  void aBatchOfFewBytesTakesNoChunk() {
    pool.give(new byte[CHUNK]);
    for (int batch = 0; batch < 10; batch++) {
      read(random(CHUNK / 32));
      read(random(CHUNK / 32));
      small.endBatch();
    }

    assertThat(pool.resting()).isEqualTo(CHUNK);
  }

  @Test
  void whoKeepsTheStreamReadsNoOtherMessage() throws IOException {
    read(random(CHUNK / 16)).release();
    InboundMessage message = read(random(100));
    InputStream kept = message.open();
    small.endBatch();
    assertThat(kept.readNBytes(60)).hasSize(60);
    message.release();

    read(random(CHUNK / 16));
    read(random(1_000));

    assertThatThrownBy(kept::read).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> kept.read(new byte[10])).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> kept.transferTo(new ByteArrayOutputStream()))
        .hasMessageContaining("has been closed");
    kept.reset();
    assertThatThrownBy(kept::readAllBytes).isInstanceOf(IOException.class);
  }

  @Test
  void aMarkIsAPlaceInTheMessageItself() throws IOException {
    read(random(CHUNK / 16));
    read(random(500));
    byte[] body = random(1_000);
    InputStream stream = read(body).open();

    stream.skip(700);
    stream.reset();
    assertThat(stream.readAllBytes()).isEqualTo(body);
    assertThat(stream.read()).isEqualTo(-1);
  }
}
