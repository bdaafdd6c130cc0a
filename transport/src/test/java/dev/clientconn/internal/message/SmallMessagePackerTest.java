// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import static dev.clientconn.internal.message.InboundChunkPool.CHUNK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SmallMessagePackerTest {

  private static final int PREFIX = FramedMessage.PREFIX_LENGTH;

  private final InboundChunkPool pool = new InboundChunkPool(100L * CHUNK);
  private final SmallMessagePacker small = new SmallMessagePacker(pool);

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  /** Adds a message from a read buffer, or from an array. */
  private void add(byte[] body, boolean fromWire) {
    boolean compressed = body.length % 2 == 0;
    if (fromWire) {
      ByteBuf wire = Unpooled.buffer().writeByte(compressed ? 1 : 0).writeInt(body.length);
      small.add(wire.writeBytes(body), PREFIX + body.length);
    } else {
      small.add(body, body.length, compressed);
    }
  }

  private InboundMessage packed(int count, int length) {
    for (int i = 0; i < count; i++) {
      add(random(length), i % 2 == 0);
    }
    return small.take();
  }

  private static InboundMessage after(InboundMessage message) {
    return Objects.requireNonNull(message.following());
  }

  @Test
  void packedMessagesAreSeparatedAgain() throws IOException {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      List<byte[]> bodies = new ArrayList<>();
      int longest = 1 << random.nextInt(12);
      byte[] added = random(random.nextInt(longest));
      while (bodies.size() < 300 && PREFIX + added.length <= small.room()) {
        add(added, random.nextBoolean());
        bodies.add(added);
        added = random(random.nextInt(longest));
      }
      @Nullable InboundMessage next = small.take();

      for (byte[] body : bodies) {
        InboundMessage message = Objects.requireNonNull(next);
        next = message.following();
        assertThat(message.size()).isEqualTo(body.length);
        assertThat(message.isCompressed()).isEqualTo(body.length % 2 == 0);
        assertThat(message.readAllBytes()).as("seed %d", seed).isEqualTo(body);
        message.release();
      }
      assertThat(next).isNull();
      assertThat(small.isEmpty()).isTrue();
      assertThat(small.room()).isEqualTo(CHUNK);
    }
  }

  @Test
  void releasingTheLastMessageOfAChunkReturnsIt() {
    InboundMessage first = packed(3, CHUNK / 16);
    InboundMessage second = after(first);
    InboundMessage third = after(second);

    first.release();
    second.release();
    assertThat(pool.pooledBytes()).isZero();
    third.release();
    third.release();

    assertThat(pool.pooledBytes()).isEqualTo(CHUNK);
  }

  @Test
  void aFewBytesTakeNoChunk() {
    pool.returnChunk(new byte[CHUNK]);
    for (int batch = 0; batch < 10; batch++) {
      packed(10, CHUNK / 16 / 10 - PREFIX);
    }

    assertThat(pool.pooledBytes()).isEqualTo(CHUNK);
  }

  @Test
  void aMostlyEmptyChunkIsReturnedBeforeItIsRead() throws IOException {
    InboundMessage message = packed(3, 400);

    message.trim();

    assertThat(pool.pooledBytes()).isEqualTo(CHUNK);
    assertThat(after(message).readAllBytes()).isEqualTo(random(400));
    InboundMessage full = packed(39, 400);
    full.trim();
    assertThat(pool.pooledBytes()).as("reused").isZero();
  }

  @Test
  void aStreamThatIsReadAfterItsReleaseFails() throws IOException {
    add(random(CHUNK / 8), true);
    InboundMessage message = small.take();
    InputStream kept = message;
    assertThat(kept.readNBytes(60)).hasSize(60);
    message.release();

    packed(1, CHUNK / 8);

    assertThatThrownBy(kept::read).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> kept.read(new byte[10])).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> kept.transferTo(new ByteArrayOutputStream()))
        .hasMessageContaining("has been closed");
    kept.reset();
    assertThatThrownBy(kept::readAllBytes).isInstanceOf(IOException.class);
  }

  @Test
  void aMarkIsAPositionWithinTheMessage() throws IOException {
    add(random(500), true);
    byte[] body = random(1_000);
    add(body, true);
    InputStream stream = after(small.take());

    stream.skip(700);
    stream.reset();
    assertThat(stream.readAllBytes()).isEqualTo(body);
    assertThat(stream.read()).isEqualTo(-1);
  }

  @Test
  void anOutputStreamGetsOnlyCopiesOfAChunk() throws IOException {
    List<byte[]> seen = new ArrayList<>();
    byte[] body = random(CHUNK / 8);
    add(body, true);

    small.take().transferTo(new ByteArrayOutputStream() {
      @Override
      public synchronized void write(byte[] source, int offset, int length) {
        seen.add(source);
        super.write(source, offset, length);
        assertThat(toByteArray()).isEqualTo(body);
      }
    });

    assertThat(seen).hasSize(1).noneMatch(array -> array == pool.take());
    assertThat(seen.get(0)).isNotSameAs(body);
  }
}
