// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.message.InboundChunkPool;
import dev.clientconn.internal.message.InboundChunks;
import dev.clientconn.internal.message.InboundMessage;
import dev.clientconn.internal.message.MessageBuffer;
import io.grpc.Status;

/** Collects what a compressed message says; refuses to grow past a limit. */
final class InflatedMessageWriter extends MessageBuffer<InboundChunks> {
  private final int maxSize;

  InflatedMessageWriter(int maxSize) {
    super(() -> new InboundChunks(InboundChunkPool.SHARED), 0, 0);
    this.maxSize = maxSize;
  }

  @Override
  protected void checkSize(long newSize) {
    if (newSize > maxSize) {
      throw Status.RESOURCE_EXHAUSTED
          .withDescription("Decompressed gRPC message exceeds maximum size " + maxSize)
          .asRuntimeException();
    }
  }

  InboundMessage toMessage() {
    InboundChunks chunks = sealChunks();
    return chunks == null
        ? InboundMessage.of(sealArray(), false)
        : InboundMessage.of(chunks, false);
  }
}
