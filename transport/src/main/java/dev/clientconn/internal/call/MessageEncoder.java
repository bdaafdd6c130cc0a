// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import static dev.clientconn.internal.message.FramedMessage.PREFIX_LENGTH;

import dev.clientconn.internal.message.FramedMessage;
import dev.clientconn.internal.message.InboundChunkPool;
import io.grpc.Compressor;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Marshals, compresses and frames the messages of one call, on the caller's thread. A small message
 * of known length is read with one call into the array that the stream sends; a large one is
 * written into pooled chunks.
 */
final class MessageEncoder<ReqT> {
  private final MethodDescriptor<ReqT, ?> method;
  private final @Nullable Compressor compressor;
  private final int maxSize;
  private boolean compress = true;

  MessageEncoder(MethodDescriptor<ReqT, ?> method, CallPlan plan) {
    this.method = method;
    this.compressor = plan.compressor();
    this.maxSize = plan.maxOutboundMessageSize();
  }

  void setCompress(boolean enabled) {
    compress = enabled;
  }

  /**
   * Returns the message with its prefix. Throws what the marshaller or the compressor throws, and
   * RESOURCE_EXHAUSTED for a message above the limit.
   */
  FramedMessage encode(ReqT message) throws IOException {
    FramedMessage frame = null;
    try (InputStream source = method.streamRequest(message)) {
      frame = frame(source);
    } catch (Throwable t) {
      // Closing the marshaller's stream may throw after the frame is complete.
      if (frame != null) {
        frame.release();
      }
      throw t;
    }
    return frame;
  }

  private FramedMessage frame(InputStream source) throws IOException {
    int length = source instanceof KnownLength ? source.available() : -1;
    // An empty message gains nothing from compression.
    if (compressor != null && compress && length != 0) {
      return compressed(source, compressor);
    }
    return length >= 0 ? ofKnownLength(source, length) : ofUnknownLength(source);
  }

  private FramedMessage ofKnownLength(InputStream source, int length) throws IOException {
    FramedMessageWriter.checkSize(length, maxSize);
    if (length > InboundChunkPool.CHUNK - PREFIX_LENGTH) {
      return ofLongLength(source, length);
    }
    byte[] frame = new byte[PREFIX_LENGTH + length];
    // One read is what protobuf's stream serves without an intermediate buffer. Others may return
    // less at a time.
    int read = length == 0 ? 0 : source.read(frame, PREFIX_LENGTH, length);
    if (read < length) {
      read = Math.max(read, 0);
      read += source.readNBytes(frame, PREFIX_LENGTH + read, length - read);
    }
    checkLength(length, read);
    FramedMessage.writePrefix(frame, 0, false, length);
    return FramedMessage.of(frame, length);
  }

  private FramedMessage ofLongLength(InputStream source, int length) throws IOException {
    FramedMessageWriter buffer = new FramedMessageWriter(maxSize, length);
    try {
      // Checked, as a wrong length would make the receiver take the next message for this one.
      checkLength(length, copy(source, buffer));
      return buffer.toFrame(false, length);
    } finally {
      buffer.discard();
    }
  }

  private void checkLength(int announced, long read) {
    if (read != announced) {
      throw Status.INTERNAL
          .withDescription("The marshaller announced " + announced + " bytes of "
              + method.getFullMethodName() + "'s request and gave " + read)
          .asRuntimeException();
    }
  }

  private FramedMessage ofUnknownLength(InputStream source) throws IOException {
    FramedMessageWriter buffer = new FramedMessageWriter(maxSize, 0);
    try {
      copy(source, buffer);
      return buffer.toFrame(false, buffer.bodySize());
    } finally {
      buffer.discard();
    }
  }

  private FramedMessage compressed(InputStream source, Compressor codec) throws IOException {
    FramedMessageWriter buffer = new FramedMessageWriter(maxSize, 0);
    try {
      long size;
      // Closed before the frame is made: only then has the codec written its last bytes.
      try (OutputStream out = codec.compress(buffer)) {
        size = copy(source, out);
      }
      return buffer.toFrame(true, (int) Math.min(size, Integer.MAX_VALUE));
    } finally {
      buffer.discard();
    }
  }

  private static long copy(InputStream source, OutputStream target) throws IOException {
    // Drainable writes what it has without a copy of its own.
    if (source instanceof Drainable drainable) {
      return drainable.drainTo(target);
    }
    return source.transferTo(target);
  }
}
