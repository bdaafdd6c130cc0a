// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.message.ArrayMessage;
import dev.clientconn.internal.message.ChunkedMessage;
import dev.clientconn.internal.message.InboundChunkPool;
import dev.clientconn.internal.message.InboundChunks;
import dev.clientconn.internal.message.InboundMessage;
import dev.clientconn.internal.message.MessageBuffer;
import io.grpc.Decompressor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Decompresses and parses the messages that one call receives, on the call's executor: a marshaller
 * may be slow, and the event loop serves other calls.
 */
final class MessageDecoder<RespT> {
  static final Metadata.Key<String> ENCODING =
      Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);

  private final MethodDescriptor<?, RespT> method;
  private final CallPlan plan;
  /** The {@code grpc-encoding} of the response headers; {@code null} for none and for identity. */
  private @Nullable String encoding;

  MessageDecoder(MethodDescriptor<?, RespT> method, CallPlan plan) {
    this.method = method;
    this.plan = plan;
  }

  /** Retains only the encoding, and not the headers: a stream may be open for long. */
  void onHeaders(Metadata headers) {
    String named = headers.get(ENCODING);
    encoding = "identity".equals(named) ? null : named;
  }

  RespT parse(InboundMessage message) {
    return method.parseResponse(message);
  }

  /** The end of a call whose marshaller threw: the status that it threw, INTERNAL otherwise. */
  static Status parseFailure(Throwable thrown) {
    Status own = thrown instanceof StatusRuntimeException e ? e.getStatus() : Status.OK;
    return own.isOk()
        ? Status.INTERNAL.withDescription("Failed to parse message: " + thrown).withCause(thrown)
        : own;
  }

  /** Whether the method's server sends exactly one message. */
  boolean isForOneMessage() {
    return method.getType().serverSendsOneMessage();
  }

  Status noMessage() {
    return Status.INTERNAL.withDescription("The server ended " + method.getFullMethodName()
        + " with OK and without a message; the method returns one");
  }

  Status secondMessage() {
    return Status.INTERNAL.withDescription("The server sent a second message for "
        + method.getFullMethodName() + ", which returns one");
  }

  /**
   * Returns the plain form of a compressed message, which it releases.
   *
   * @throws StatusRuntimeException if it cannot be decompressed, whatever the codec has thrown
   */
  InboundMessage decompress(InboundMessage message) {
    InflatedMessageWriter buffer = new InflatedMessageWriter(plan.maxInboundMessageSize());
    try {
      Decompressor decompressor = decompressor();
      // Some servers send an empty message as the flag and no bytes, without the codec's header.
      if (message.size() > 0) {
        inflate(decompressor, message, buffer);
      }
      return buffer.toMessage();
    } catch (Throwable e) {
      // Errors are caught too: a codec whose native library is missing throws one.
      if (e instanceof StatusRuntimeException status && !status.getStatus().isOk()) {
        throw status;
      }
      throw failure(
          "A message of " + method.getFullMethodName() + " could not be decompressed: " + e, e);
    } finally {
      message.release();
    }
  }

  private static void inflate(
      Decompressor decompressor, InboundMessage message, InflatedMessageWriter buffer)
      throws IOException {
    try (InputStream plain = decompressor.decompress(message)) {
      plain.transferTo(buffer);
    }
  }

  private Decompressor decompressor() {
    if (encoding == null) {
      throw failure(
          "The server sent a compressed message, but its headers name no grpc-encoding", null);
    }
    Decompressor found = plan.environment().decompressors().lookupDecompressor(encoding);
    if (found == null) {
      throw failure("Can't find decompressor for " + encoding, null);
    }
    return found;
  }

  private static StatusRuntimeException failure(String description, @Nullable Throwable cause) {
    return Status.INTERNAL.withDescription(description).withCause(cause).asRuntimeException();
  }

  /** Collects the plain form of a compressed message; refuses to grow past a limit. */
  private static final class InflatedMessageWriter extends MessageBuffer<InboundChunks> {
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
          ? new ArrayMessage(sealArray(), false)
          : new ChunkedMessage(chunks, false);
    }
  }
}
