// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import dev.clientconn.internal.threading.EventLoopConfined;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Lays the small messages of one batch side by side into chunks of {@link ChunkPool}. A batch's first kibibyte goes
 * into arrays, so that chunks which wait for a slow application are never nearly empty. A stream's messages are released
 * in their order, hence the last one in a chunk takes the chunk along.
 */
@EventLoopConfined
public final class SmallMessages {

  private static final int FIRST = ChunkPool.CHUNK / 16;
  /** What does not fit into the rest of a chunk leaves it empty: at most a quarter. */
  private static final int LONGEST = ChunkPool.CHUNK / 4;

  private final ChunkPool pool;
  private int inArrays;
  private byte @Nullable [] chunk;
  private int used;
  private @Nullable BodyStream last;

  public SmallMessages(ChunkPool pool) {
    this.pool = pool;
  }

  /** Reads a message whose body is all in {@code data}. */
  public InboundMessage read(ByteBuf data, int length, boolean compressed) {
    if (inArrays < FIRST || length > LONGEST) {
      byte[] body = new byte[length];
      data.readBytes(body);
      inArrays += FramedMessage.PREFIX_LENGTH + length;
      return InboundMessage.of(body, compressed);
    }
    if (chunk != null && length > ChunkPool.CHUNK - used) {
      closeChunk();
    }
    if (chunk == null) {
      chunk = pool.take();
      used = 0;
    }
    data.readBytes(chunk, used, length);
    BodyStream message = new BodyStream(chunk, used, length, compressed);
    used += length;
    last = message;
    return message;
  }

  /** The messages so far are about to leave the event loop. */
  public void endBatch() {
    inArrays = 0;
    closeChunk();
  }

  private void closeChunk() {
    if (last != null) {
      last.givesBackTo(pool);
    }
    chunk = null;
    last = null;
  }
}
