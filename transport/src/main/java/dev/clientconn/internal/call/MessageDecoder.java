// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.message.InboundMessage;
import io.grpc.Decompressor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Turns the bodies that one call receives into messages, on the call's executor. */
final class MessageDecoder<RespT> {
  static final Metadata.Key<String> ENCODING =
      Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);

  private final MethodDescriptor<?, RespT> method;
  private final CallPlan plan;
  /** What the response headers name, {@code null} for none: few responses have one. */
  private @Nullable String encoding;

  MessageDecoder(MethodDescriptor<?, RespT> method, CallPlan plan) {
    this.method = method;
    this.plan = plan;
  }

  /** Keeps the encoding alone: the stream may be open for long. */
  void onHeaders(Metadata headers) {
    String named = headers.get(ENCODING);
    encoding = "identity".equals(named) ? null : named;
  }

  RespT parse(InboundMessage message) {
    return method.parseResponse(message.open());
  }

  /** What a compressed message says, or why it cannot be had. */
  InboundMessage decompress(InboundMessage message) {
    PlainBuffer buffer = new PlainBuffer(plan.maxInboundMessageSize());
    try (InputStream plain = decompressor().decompress(message.open())) {
      plain.transferTo(buffer);
      return buffer.toMessage();
    } catch (StatusRuntimeException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw failure(
          "A message of " + method.getFullMethodName() + " could not be decompressed: " + e, e);
    } finally {
      message.release();
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
}
