// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import static dev.clientconn.internal.message.InboundChunkPool.CHUNK;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests queues of received messages. */
class InboundMessageTest {

  private final InboundChunkPool pool = new InboundChunkPool(100L * CHUNK);
  private final Deque<byte[]> expected = new ArrayDeque<>();

  private byte[] body(Random random, int most) {
    byte[] body = new byte[random.nextInt(most)];
    random.nextBytes(body);
    expected.add(body);
    return body;
  }

  private InboundMessage arrival(Random random) {
    int kind = random.nextInt(4);
    if (kind == 0) {
      return new ArrayMessage(body(random, 3_000), false);
    }
    if (kind == 1) {
      return Messages.inbound(pool, body(random, 40_000));
    }
    SmallMessagePacker small = new SmallMessagePacker(pool);
    int most = 1 << random.nextInt(11);
    for (int i = random.nextInt(9); i >= 0; i--) {
      byte[] body = body(random, most);
      small.add(body, body.length, false);
    }
    return small.take();
  }

  @Test
  void messagesKeepTheirOrderAndBytesHoweverTheyAreLinkedAndRead() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      @Nullable InboundMessage first = arrival(random);
      @Nullable InboundMessage last = first;
      while (first != null && last != null) {
        if (expected.size() < 300 && random.nextInt(3) > 0) {
          InboundMessage next = arrival(random);
          last = last.link(next, next);
        } else {
          InboundMessage following = first.following();
          last = first == last ? following : last;
          assertThat(Messages.bytes(first)).as("seed %d", seed).isEqualTo(expected.remove());
          first.release();
          first = following;
          if (first != null && random.nextBoolean()) {
            first.trim();
          }
        }
        if (random.nextInt(40) == 0) {
          break;
        }
      }
      expected.clear();
    }
  }

  @Test
  void aChunkIsReturnedOnceWhetherItIsReadOrCopiedFrom() {
    SmallMessagePacker small = new SmallMessagePacker(pool);
    for (int i = 0; i < 10; i++) {
      small.add(new byte[2_000], 2_000, false);
      InboundMessage first = small.take();
      small.add(new byte[3_000], 3_000, false);
      InboundMessage second = small.take();
      assertThat(first.link(second, second)).isSameAs(first);

      InboundMessage following = Objects.requireNonNull(first.following());
      first.release();
      assertThat(following.size()).isEqualTo(3_000);
      following.release();
    }

    assertThat(pool.pooledBytes()).isEqualTo(2 * CHUNK);
  }

  @Test
  void smallMessagesThatArriveOneByOneShareArrays() {
    InboundMessage first = new ArrayMessage(new byte[0], false);
    InboundMessage last = first;
    for (int i = 0; i < 1_000; i++) {
      InboundMessage next = new ArrayMessage(new byte[3], false);
      last = last.link(next, next);
    }

    assertThat(last).isSameAs(first);
    assertThat(first.next).isNull();
  }
}
