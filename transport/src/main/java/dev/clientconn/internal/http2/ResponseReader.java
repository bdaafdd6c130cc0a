// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.http2.TransportCounters.Figure;
import dev.clientconn.internal.http2.frame.Framer;
import dev.clientconn.internal.wire.GrpcStatusCodec;
import dev.clientconn.internal.wire.HeaderBlock;
import dev.clientconn.internal.wire.MessageException;
import dev.clientconn.internal.wire.NonGrpcBody;
import dev.clientconn.internal.wire.ResponseBlock;
import dev.clientconn.internal.wire.ResponseHeaders;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;

/**
 * Reads the response of a stream from its HEADERS and DATA (gRPC over HTTP/2, "Responses"):
 * notifies the call of headers and messages, returns window credit, and ends the stream when the
 * response is complete or invalid.
 */
@EventLoopConfined
final class ResponseReader {

  private static final Status NO_TRAILERS =
      Status.INTERNAL.withDescription("server closed the stream without sending trailers");

  private final Framer framer;
  private final StreamCloser closer;
  private final TransportCounters counters;
  private final StreamWaits waits;

  ResponseReader(
      Framer framer, StreamCloser closer, TransportCounters counters, StreamWaits waits) {
    this.framer = framer;
    this.closer = closer;
    this.counters = counters;
    this.waits = waits;
  }

  void headers(StreamState stream, HeaderBlock block, boolean endOfStream) {
    if (endOfStream) {
      stream.endRemote();
    }
    NonGrpcBody body = stream.nonGrpcBody();
    if (body != null) {
      // The trailers of a response that is not gRPC: its body is complete as far as it is quoted.
      closer.reset(stream, body.toStatus(), Http2Error.PROTOCOL_ERROR);
      return;
    }
    // The kind depends on what came before: with END_STREAM and no earlier response the block is
    // both headers and trailers ("Trailers-Only").
    ResponseBlock result = ResponseHeaders.classify(block, endOfStream, stream.responseStatus());
    switch (result.kind()) {
      case INFORMATIONAL -> {}
      case RESPONSE -> {
        stream.responseReceived(result.httpStatus());
        stream.notifyHeaders(result.metadata());
      }
      case TRAILERS -> trailers(stream, result.status(), result.metadata());
      case NOT_GRPC -> {
        if (endOfStream) {
          closer.finish(stream, result.status(), result.metadata());
        } else {
          stream.collectNonGrpcBody(result.status());
        }
      }
      case MALFORMED -> closer.reset(stream, result.status(), Http2Error.PROTOCOL_ERROR);
    }
  }

  private void trailers(StreamState stream, Status status, Metadata metadata) {
    if (status.isOk() && stream.midMessage()) {
      closer.finish(
          stream,
          Status.INTERNAL.withDescription("the server ended the stream in the middle of a message"),
          metadata);
    } else {
      closer.finish(stream, status, metadata);
    }
  }

  /**
   * @param padding counts against the windows (RFC 9113 section 6.9.1), though it is not delivered
   */
  void data(StreamState stream, ByteBuf data, int padding, boolean endOfStream) {
    if (endOfStream) {
      stream.endRemote();
    }
    int length = data.readableBytes() + padding;
    // Only this stream has broken the rule; the connection's window was checked before.
    boolean allowed = stream.inFlow().received(length);
    counters.add(Figure.UNREAD, length);
    if (!allowed) {
      closer.reset(
          stream,
          Status.INTERNAL.withDescription(
              "the server sent " + length + " bytes, more than the stream's window allows"),
          Http2Error.FLOW_CONTROL_ERROR);
      return;
    }
    NonGrpcBody body = stream.nonGrpcBody();
    if (body != null) {
      collect(stream, body, data, length, endOfStream);
    } else if (!stream.hasResponse()) {
      // RFC 9113 section 8.1: a response begins with HEADERS.
      closer.reset(
          stream,
          Status.INTERNAL.withDescription("the server sent DATA before the response headers"),
          Http2Error.PROTOCOL_ERROR);
    } else {
      deframe(stream, data, padding, endOfStream);
    }
  }

  private void collect(
      StreamState stream, NonGrpcBody body, ByteBuf data, int length, boolean endOfStream) {
    boolean full = body.add(data);
    if (full || endOfStream) {
      closer.reset(stream, body.toStatus(), Http2Error.PROTOCOL_ERROR);
    } else {
      consume(stream, length);
    }
  }

  private void deframe(StreamState stream, ByteBuf data, int padding, boolean endOfStream) {
    try {
      // Delivers each complete message to the stream; an incomplete one stays in the deframer.
      counters.add(Figure.MESSAGES_RECEIVED, stream.deframer().deframe(data, stream));
    } catch (MessageException e) {
      closer.reset(stream, withoutGrpcStatus(stream, e.status()), Http2Error.CANCEL);
      return;
    }
    if (endOfStream) {
      closer.finish(stream, withoutGrpcStatus(stream, NO_TRAILERS), new Metadata());
      return;
    }
    if (padding > 0) {
      // Nothing to consume for the application, so the credit is returned here.
      consume(stream, padding);
    }
    growForLargeMessage(stream);
  }

  private static Status withoutGrpcStatus(StreamState stream, Status otherwise) {
    return GrpcStatusCodec.withoutGrpcStatus(stream.responseStatus(), otherwise);
  }

  /** Returns bytes that the application has consumed to the stream's window. */
  void consumed(StreamState stream, int bytes) {
    consume(stream, bytes);
    // What was consumed of earlier grants makes room for one that the largest window has limited.
    growForLargeMessage(stream);
  }

  private void consume(StreamState stream, int bytes) {
    counters.add(Figure.UNREAD, -bytes);
    credit(stream, stream.inFlow().consumed(bytes));
  }

  /**
   * Grows the window for a message that is larger than it, once the application has requested a
   * message: it could never be completed otherwise. Without demand the window stays as it is, which
   * is the application's back-pressure.
   */
  void growForLargeMessage(StreamState stream) {
    int missing = stream.missingBytes();
    if (missing > stream.inFlow().available()) {
      if (stream.hasDemand() || !stream.clientStream().awaitDemand()) {
        credit(stream, stream.inFlow().grant(missing));
      } else {
        waits.lacksDemand(stream);
      }
    }
  }

  private void credit(StreamState stream, int bytes) {
    if (bytes > 0) {
      framer.writeWindowUpdate(stream.id(), bytes);
    }
  }
}
