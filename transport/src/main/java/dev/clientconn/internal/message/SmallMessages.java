// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import dev.clientconn.internal.threading.EventLoopConfined;
import java.util.Objects;
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
  /** Given out by {@link #room}, if it is not the chunk. */
  private byte @Nullable [] own;

  private byte @Nullable [] chunk;
  private int used;
  private @Nullable BodyStream last;

  public SmallMessages(ChunkPool pool) {
    this.pool = pool;
  }

  /** Where a body of this length belongs, at {@link #start}; {@link #written} follows. */
  public byte[] room(int length) {
    if (inArrays < FIRST || length > LONGEST) {
      inArrays += FramedMessage.PREFIX_LENGTH + length;
      own = new byte[length];
      return own;
    }
    if (chunk != null && length > ChunkPool.CHUNK - used) {
      closeChunk();
    }
    if (chunk == null) {
      chunk = pool.take();
      used = 0;
    }
    return chunk;
  }

  public int start() {
    return own == null ? used : 0;
  }

  /** The message whose body has been written. */
  public InboundMessage written(int length, boolean compressed) {
    if (own != null) {
      InboundMessage message = InboundMessage.of(own, compressed);
      own = null;
      return message;
    }
    BodyStream message =
        new BodyStream(Objects.requireNonNull(chunk, "no room"), used, length, compressed);
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
