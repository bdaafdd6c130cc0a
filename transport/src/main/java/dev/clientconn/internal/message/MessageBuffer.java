// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Collects a message of unknown or large length: in one array up to the length of a chunk, in
 * chunks beyond that. Foreign code (a marshaller, a compressor) writes to it and may retain it, so
 * writing fails once the message is sealed.
 */
public abstract class MessageBuffer<M extends MessageBuffer.Memory> extends OutputStream {
  private static final int INITIAL = 512;

  /** The chunks of a long message. */
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
   * @param memory creates the chunks of a message that is longer than one
   * @param reserved bytes at the front that are left free
   * @param expected total length, bytes; 0 if unknown
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

  /** Throws if the buffer must not have this length, reserved bytes included. */
  protected abstract void checkSize(long newSize);

  /** Bytes so far, reserved ones included. */
  protected final int size() {
    return size;
  }

  @Override
  public final void write(int value) {
    ensureRoom(1);
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
    ensureRoom(length);
    if (chunks == null) {
      System.arraycopy(source, offset, array, size, length);
    } else {
      chunks.add(source, offset, length);
    }
    size += length;
  }

  private void ensureRoom(int length) {
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

  /**
   * Returns the chunks, {@code null} if one array was enough. Nothing can be written afterwards.
   */
  protected final @Nullable M sealChunks() {
    sealed = true;
    return chunks;
  }

  /**
   * Returns the bytes in an array of their length, if there are no chunks. Nothing can be written
   * afterwards.
   */
  protected final byte[] sealArray() {
    sealed = true;
    return size == array.length ? array : Arrays.copyOf(array, size);
  }
}
