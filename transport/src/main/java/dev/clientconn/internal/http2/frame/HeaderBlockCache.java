// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.frame;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.wire.HeaderBlock;
import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The fields of the last header block of one kind, and the bytes they were decoded from: a server begins nearly every
 * response alike and ends it alike, so most blocks need not be decoded. Its owner knows when the bytes lose their meaning.
 */
@EventLoopConfined
public final class HeaderBlockCache {

  /** Longer ones are decoded each time; there are two of these to a connection. */
  public static final int MAX_LENGTH = 512;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final HeaderBlock fields = new HeaderBlock();
  /** Grows to what the server sends, which is far less as a rule. */
  private byte[] bytes = {};

  private int length;

  HeaderBlock fields() {
    return fields;
  }

  /** Whether {@link #fields} are those of {@code block}, whose readable bytes it looks at. */
  boolean holds(ByteBuf block) {
    return length > 0 && block.readableBytes() == length && beginsWithOurs(block);
  }

  private boolean beginsWithOurs(ByteBuf block) {
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

  /** The fields have just been decoded from these bytes, and will be whenever the bytes come again. */
  void remember(ByteBuf block, int index, int blockLength) {
    if (blockLength > MAX_LENGTH) {
      return;
    }
    if (bytes.length < blockLength) {
      bytes = new byte[blockLength];
    }
    block.getBytes(index, bytes, 0, blockLength);
    length = blockLength;
    fields.shareCommon();
  }

  void forget() {
    length = 0;
  }
}
