// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.threading.EventLoopConfined;
import dev.clientconn.internal.wire.HeaderBlock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

/**
 * The fields of the last header block of one kind, and the bytes they were decoded from: a server begins nearly every
 * response alike and ends it alike, so most blocks need not be decoded. Its owner knows when the bytes lose their meaning.
 */
@EventLoopConfined
final class RepeatedBlock {

  /** Longer ones are decoded each time; there are two of these to a connection. */
  static final int MAX_LENGTH = 512;

  private final HeaderBlock fields = new HeaderBlock();
  /** Grows to what the server sends, which is far less as a rule. */
  private final ByteBuf bytes = Unpooled.buffer(0, MAX_LENGTH);

  HeaderBlock fields() {
    return fields;
  }

  /** Whether {@link #fields} are those of {@code block}, whose readable bytes it looks at. */
  boolean holds(ByteBuf block) {
    return bytes.isReadable() && ByteBufUtil.equals(bytes, block);
  }

  /** The fields have just been decoded from these bytes, and will be whenever the bytes come again. */
  void remember(ByteBuf block, int index, int length) {
    if (length <= MAX_LENGTH) {
      bytes.clear().writeBytes(block, index, length);
    }
  }

  void forget() {
    bytes.clear();
  }
}
