// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Collects a message of unknown or great length: in one array until it is longer than a chunk, in chunks from then on.
 * Who keeps it longer than the message takes can write nothing more.
 */
public abstract class MessageBuffer<M extends MessageBuffer.Memory> extends OutputStream {
  private static final int INITIAL = 512;

  /** What a long message is in. */
  public interface Memory {
    void add(int value);

    void add(byte[] source, int offset, int length);
  }

  private final Supplier<M> memory;
  private byte[] array;
  private int size;
  private @Nullable M chunks;
  private boolean sealed;

  /**
   * @param memory makes the memory of a message that is longer than a chunk
   * @param reserved bytes at the front that stay free
   * @param expected length in all, bytes; 0 if unknown
   */
  protected MessageBuffer(Supplier<M> memory, int reserved, int expected) {
    this.memory = memory;
    if (expected > InboundChunkPool.CHUNK) {
      this.chunks = memory.get();
      this.array = new byte[reserved];
      chunks.add(array, 0, reserved);
    } else {
      this.array = new byte[INITIAL];
    }
    this.size = reserved;
  }

  /** Throws if the buffer must not become so long, reserved bytes included. */
  protected abstract void checkSize(long newSize);

  /** Bytes so far, reserved ones included. */
  protected final int size() {
    return size;
  }

  @Override
  public final void write(int value) {
    makeRoom(1);
    if (chunks == null) {
      array[size] = (byte) value;
    } else {
      chunks.add(value);
    }
    size++;
  }

  @Override
  public final void write(byte[] source, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, source.length);
    makeRoom(length);
    if (chunks == null) {
      System.arraycopy(source, offset, array, size, length);
    } else {
      chunks.add(source, offset, length);
    }
    size += length;
  }

  private void makeRoom(int length) {
    long needed = (long) size + length;
    if (sealed) {
      throw new IllegalStateException("written to after the message was complete");
    }
    checkSize(needed);
    if (chunks != null || needed <= array.length) {
      return;
    }
    if (needed <= InboundChunkPool.CHUNK) {
      array = Arrays.copyOf(array, (int)
          Math.min(InboundChunkPool.CHUNK, Math.max(needed, array.length * 2L)));
    } else {
      chunks = memory.get();
      chunks.add(array, 0, size);
    }
  }

  /** The bytes, if there are more than fit into a chunk; nothing can be written from now on. */
  protected final @Nullable M sealChunks() {
    sealed = true;
    return chunks;
  }

  /** The bytes in an array of their length, if they fit into a chunk; nothing can be written from now on. */
  protected final byte[] sealArray() {
    sealed = true;
    return size == array.length ? array : Arrays.copyOf(array, size);
  }
}
