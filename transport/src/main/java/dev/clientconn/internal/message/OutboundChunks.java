// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import static dev.clientconn.internal.message.InboundChunkPool.CHUNK;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * Stores a large message to be sent in chunks of direct memory, which the socket reads. One thread
 * writes it; afterwards any thread that holds a reference may send parts. The chunks return to
 * their pool when the last reference to the message and the last part in the socket's queue have
 * been released.
 */
@CrossesThreads
public final class OutboundChunks implements MessageBuffer.Memory {

  private static final int INITIAL = 8;

  private static final AtomicIntegerFieldUpdater<OutboundChunks> REFERENCES =
      AtomicIntegerFieldUpdater.newUpdater(OutboundChunks.class, "references");

  private final OutboundChunkPool pool;
  private ByteBuf[] chunks = new ByteBuf[INITIAL];
  private int count;
  private int size;
  private volatile int references = 1;

  public OutboundChunks() {
    this(OutboundChunkPool.SHARED);
  }

  OutboundChunks(OutboundChunkPool pool) {
    this.pool = pool;
  }

  /** Bytes written. */
  int size() {
    return size;
  }

  @Override
  public void add(int value) {
    tail().setByte(size & CHUNK - 1, value);
    size++;
  }

  @Override
  public void add(byte[] source, int offset, int length) {
    int from = offset;
    int remaining = length;
    while (remaining > 0) {
      int at = size & CHUNK - 1;
      int run = Math.min(remaining, CHUNK - at);
      tail().setBytes(at, source, from, run);
      size += run;
      from += run;
      remaining -= run;
    }
  }

  private ByteBuf tail() {
    int index = size >> InboundChunkPool.SHIFT;
    if (index == count) {
      if (index == chunks.length) {
        chunks = Arrays.copyOf(chunks, 2 * index);
      }
      chunks[count++] = pool.take();
    }
    return chunks[index];
  }

  /**
   * Overwrites the first bytes, at most the length of a chunk: the prefix, once the length is
   * known.
   */
  public void overwriteStart(byte[] start) {
    chunks[0].setBytes(0, start);
  }

  /** Returns the number of bytes from here to the end of the chunk or of the message. */
  int runAt(int position) {
    return Math.min(CHUNK - (position & CHUNK - 1), size - position);
  }

  /** Returns bytes of one chunk with a reference, which the caller must release. */
  ByteBuf part(int position, int length) {
    if (references <= 0) {
      // The chunks may hold another message now.
      throw new IllegalStateException("a message was sent after its last release");
    }
    return chunks[position >> InboundChunkPool.SHIFT].retainedSlice(position & CHUNK - 1, length);
  }

  /**
   * Adds a reference. Returns false if the last one has been released: a call that retries may race
   * with the end of its stream. Any thread.
   */
  boolean retain() {
    int before = references;
    while (before > 0) {
      if (REFERENCES.compareAndSet(this, before, before + 1)) {
        return true;
      }
      before = references;
    }
    return false;
  }

  /** Releases one reference. Any thread. */
  public void release() {
    if (REFERENCES.decrementAndGet(this) == 0) {
      for (int i = 0; i < count; i++) {
        chunks[i].release();
      }
    }
  }
}
