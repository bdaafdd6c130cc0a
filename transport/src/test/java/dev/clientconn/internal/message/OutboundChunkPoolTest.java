// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import static dev.clientconn.internal.message.InboundChunkPool.CHUNK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutboundChunkPoolTest {

  private final OutboundChunkPool pool = new OutboundChunkPool(3L * CHUNK, 3L * CHUNK);

  @Test
  void theLastReleaseReturnsAChunk() {
    ByteBuf chunk = pool.take();
    assertThat(chunk.isDirect()).isTrue();
    ByteBuf part = chunk.retainedSlice(0, 10);
    assertThat(pool.bytesInUse()).isEqualTo(CHUNK);

    chunk.release();
    assertThat(pool.pooledBytes()).isZero();
    part.release();

    assertThat(pool.bytesInUse()).isZero();
    assertThat(pool.take()).isSameAs(chunk);
    assertThat(chunk.refCnt()).isOne();
  }

  @Test
  void overTheLimitChunksAreHeapBuffers() {
    List<ByteBuf> direct = List.of(pool.take(), pool.take(), pool.take());

    ByteBuf more = pool.take();
    assertThat(more.isDirect()).isFalse();
    assertThat(more.capacity()).isEqualTo(CHUNK);
    more.release();

    assertThat(pool.pooledBytes()).isZero();
    direct.forEach(ByteBuf::release);
    assertThat(pool.pooledBytes()).isEqualTo(3 * CHUNK);
  }

  @Test
  void overThePoolLimitMemoryIsFreed() {
    OutboundChunkPool small = new OutboundChunkPool(3L * CHUNK, CHUNK);
    ByteBuf first = small.take();
    ByteBuf second = small.take();

    first.release();
    second.release();

    assertThat(small.pooledBytes()).isEqualTo(CHUNK);
    assertThat(small.bytesInUse()).isZero();
    assertThat(second.refCnt()).isZero();
    assertThat(small.take()).isSameAs(first);
    assertThat(small.take().isDirect()).isTrue();
    assertThat(small.bytesInUse()).isEqualTo(2 * CHUNK);
  }

  @Test
  void aPoolWithoutCapacityAllocatesChunks() {
    ByteBuf chunk = new OutboundChunkPool(CHUNK - 1, CHUNK).take();

    assertThat(chunk.capacity()).isEqualTo(CHUNK);
  }

  @Test
  void theMemoryOfALostChunkIsFreed() {
    List<ByteBuf> kept = new ArrayList<>(List.of(pool.take(), pool.take(), pool.take()));

    kept.remove(1);

    for (int collections = 0; collections < 100; collections++) {
      System.gc();
      ByteBuf next = pool.take();
      if (next.isDirect()) {
        kept.forEach(each -> assertThat(next).isNotSameAs(each));
        return;
      }
    }
    fail("the collector never told of the forgotten chunk");
  }
}
