// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.frame;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.wire.HeaderBlock;
import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Keeps the fields of the last header block of one kind together with the bytes they were decoded
 * from. Most response headers, and most trailers, of a server are equal byte by byte, so most
 * blocks need not be decoded again. The owner must {@link #clear} it when the dynamic table
 * changes, because the same bytes may then mean other fields.
 */
@EventLoopConfined
public final class HeaderBlockCache {

  /** Longer blocks are not cached, as each connection has two caches. Bytes. */
  public static final int MAX_LENGTH = 512;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final HeaderBlock fields = new HeaderBlock();
  /** Grows to the length of the server's blocks, which is usually far below the limit. */
  private byte[] bytes = {};

  private int length;

  HeaderBlock fields() {
    return fields;
  }

  /**
   * Whether {@link #fields} were decoded from the same bytes as the readable ones of {@code block}.
   */
  boolean matches(ByteBuf block) {
    return length > 0 && block.readableBytes() == length && hasSameBytes(block);
  }

  private boolean hasSameBytes(ByteBuf block) {
    int start = block.readerIndex();
    int at = 0;
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      if ((long) LONG.get(bytes, at) != block.getLong(start + at)) {
        return false;
      }
    }
    for (; at < length; at++) {
      if (bytes[at] != block.getByte(start + at)) {
        return false;
      }
    }
    return true;
  }

  /** Stores the bytes that {@link #fields} have just been decoded from. */
  void store(ByteBuf block, int index, int blockLength) {
    if (blockLength > MAX_LENGTH) {
      return;
    }
    if (bytes.length < blockLength) {
      bytes = new byte[blockLength];
    }
    block.getBytes(index, bytes, 0, blockLength);
    length = blockLength;
    fields.useCommonInstances();
  }

  void clear() {
    length = 0;
  }
}
