// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import static dev.clientconn.internal.message.ChunkPool.CHUNK;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * A large message on its way out, in chunks that the socket reads: grows at its end, and gives away parts of itself
 * from its start. Each chunk has a reference for the sender, who gives it up by {@link #part} and {@link #release}, and
 * one more while somebody keeps the message ({@link #retain}). Belongs to one thread at a time; the keeper may let go on another.
 */
public final class OutboundChunks implements MessageBuffer.Memory {

  private static final int INITIAL = 8;

  private final OutboundChunkPool pool;
  private ByteBuf[] chunks = new ByteBuf[INITIAL];
  private int count;
  private int size;
  /** The sender has given up its references to the chunks before this one. */
  private int firstHeld;

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
    int left = length;
    while (left > 0) {
      int at = size & CHUNK - 1;
      int run = Math.min(left, CHUNK - at);
      tail().setBytes(at, source, from, run);
      size += run;
      from += run;
      left -= run;
    }
  }

  private ByteBuf tail() {
    int index = size >> ChunkPool.SHIFT;
    if (index == count) {
      if (index == chunks.length) {
        chunks = Arrays.copyOf(chunks, 2 * index);
      }
      chunks[count++] = pool.take();
    }
    return chunks[index];
  }

  /** Overwrites what was written first, with something no longer than a chunk. */
  public void overwriteStart(byte[] start) {
    chunks[0].setBytes(0, start);
  }

  /** How many bytes there are from here to the end of the chunk or of the message. */
  int runAt(int position) {
    return Math.min(CHUNK - (position & CHUNK - 1), size - position);
  }

  /** Bytes of one chunk, with a reference for the caller. The sender gives up the chunk with its last byte. */
  ByteBuf part(int position, int length) {
    int index = position >> ChunkPool.SHIFT;
    if (index != firstHeld) {
      throw new IllegalStateException(
          "byte " + position + " is not the next to be sent, or was given up");
    }
    ByteBuf part = chunks[index].slice(position & CHUNK - 1, length);
    if (length < runAt(position)) {
      return part.retain();
    }
    firstHeld++;
    return part;
  }

  /** The sender gives up what it has not sent. */
  void release() {
    while (firstHeld < count) {
      chunks[firstHeld++].release();
    }
  }

  /** Gives the sender back the references it has given up; the keeper's keep the bytes until then. */
  void rewind() {
    for (int i = 0; i < firstHeld; i++) {
      chunks[i].retain();
    }
    firstHeld = 0;
  }

  /** The keeper's references, before anything is sent. */
  void retain() {
    for (int i = 0; i < count; i++) {
      chunks[i].retain();
    }
  }

  /** Gives up the keeper's references. Any thread, whatever the sender does. */
  void releaseKept() {
    for (int i = 0; i < count; i++) {
      chunks[i].release();
    }
  }
}
