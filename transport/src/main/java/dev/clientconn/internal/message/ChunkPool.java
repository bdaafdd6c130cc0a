// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import dev.clientconn.internal.threading.CrossesThreads;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Chunks of heap memory that large messages are gathered in, for the next message to use again. Any thread takes, any
 * other gives back; a chunk that never comes back is garbage like any array. What a chunk held is not wiped: readers
 * are held to what was written, and chunks are never shown to marshallers or other code of the application.
 */
@CrossesThreads
public final class ChunkPool {

  /** Bytes in a chunk: the payload of one DATA frame, so that few frames are cut in two. */
  public static final int CHUNK = 16 * 1024;

  static final int SHIFT = 14;

  private static final long MOST = 16 * 1024 * 1024;
  private static final int HEAP_PART = 64;

  /** The process's: at most 16 MiB, and no more than 1/64 of the heap. */
  public static final ChunkPool SHARED =
      new ChunkPool(Math.min(MOST, Runtime.getRuntime().maxMemory() / HEAP_PART));

  /** A chunk at rest, and how many there are from here on. Never used twice, so that no CAS mistakes it. */
  private static final class Resting {
    final byte[] chunk;
    final @Nullable Resting below;
    final int depth;

    Resting(byte[] chunk, @Nullable Resting below, int depth) {
      this.chunk = chunk;
      this.below = below;
      this.depth = depth;
    }
  }

  private final int mostResting;
  /** The newest first: it is the likeliest to be in a cache still. */
  private final AtomicReference<@Nullable Resting> top = new AtomicReference<>();

  /**
   * @param maxBytes how much may rest here, bytes
   */
  public ChunkPool(long maxBytes) {
    this.mostResting = (int) Math.min(Integer.MAX_VALUE, maxBytes / CHUNK);
  }

  byte[] take() {
    while (true) {
      Resting seen = top.get();
      if (seen == null) {
        return new byte[CHUNK];
      }
      if (top.compareAndSet(seen, seen.below)) {
        return seen.chunk;
      }
    }
  }

  /** The giver must have dropped its reference, and so must all whom it lent it to. */
  void give(byte[] chunk) {
    while (true) {
      Resting seen = top.get();
      int depth = seen == null ? 0 : seen.depth;
      if (depth >= mostResting || top.compareAndSet(seen, new Resting(chunk, seen, depth + 1))) {
        return;
      }
    }
  }

  /** Bytes that wait to be used again. */
  public long resting() {
    Resting seen = top.get();
    return seen == null ? 0 : (long) seen.depth * CHUNK;
  }
}
