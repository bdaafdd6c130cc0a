// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.wire.GrpcStatusCodec;
import dev.clientconn.internal.wire.HeaderBlock;
import dev.clientconn.internal.wire.MessageException;
import dev.clientconn.internal.wire.NonGrpcBody;
import dev.clientconn.internal.wire.ResponseHeaders;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;

/**
 * Reads the response of one stream out of its HEADERS and DATA, and decides how the stream goes on;
 * {@link Outcome} carries it out.
 */
@EventLoopConfined
final class ResponseReader {

  /** What can come of a frame. */
  interface Outcome {
    /** The peer has ended the stream. */
    void finish(StreamState stream, Status status, Metadata trailers);

    /** The peer broke a rule, or a limit of ours. */
    void reset(StreamState stream, Status status, Http2Error error);

    /** The stream's receive window grows by so many bytes. */
    void credit(StreamState stream, int bytes);
  }

  private static final Status NO_TRAILERS =
      Status.INTERNAL.withDescription("server closed the stream without sending trailers");

  private final Outcome outcome;

  ResponseReader(Outcome outcome) {
    this.outcome = outcome;
  }

  void headers(StreamState stream, HeaderBlock block, boolean endOfStream) {
    if (endOfStream) {
      stream.endRemote();
    }
    NonGrpcBody body = stream.nonGrpcBody();
    if (body != null) {
      // Trailers of something that is not gRPC: all there will be of its body is here.
      outcome.reset(stream, body.toStatus(), Http2Error.PROTOCOL_ERROR);
      return;
    }
    ResponseHeaders.Result result =
        ResponseHeaders.classify(block, endOfStream, stream.responseStatus());
    switch (result.kind()) {
      case INFORMATIONAL -> {}
      case RESPONSE -> {
        stream.sawResponse(result.httpStatus());
        stream.tellHeaders(result.metadata());
      }
      case TRAILERS -> trailers(stream, result.status(), result.metadata());
      case NOT_GRPC -> {
        if (endOfStream) {
          outcome.finish(stream, result.status(), result.metadata());
        } else {
          stream.collectNonGrpcBody(result.status());
        }
      }
      case MALFORMED -> outcome.reset(stream, result.status(), Http2Error.PROTOCOL_ERROR);
    }
  }

  private void trailers(StreamState stream, Status status, Metadata metadata) {
    if (status.isOk() && stream.midMessage()) {
      outcome.finish(
          stream,
          Status.INTERNAL.withDescription("the server ended the stream in the middle of a message"),
          metadata);
    } else {
      outcome.finish(stream, status, metadata);
    }
  }

  /**
   * @param padding counts against the window, and is nobody's to read
   */
  void data(StreamState stream, ByteBuf data, int padding, boolean endOfStream) {
    if (endOfStream) {
      stream.endRemote();
    }
    int length = data.readableBytes() + padding;
    if (!stream.inFlow().received(length)) {
      outcome.reset(
          stream,
          Status.INTERNAL.withDescription(
              "the server sent " + length + " bytes, more than the stream's window allows"),
          Http2Error.FLOW_CONTROL_ERROR);
      return;
    }
    NonGrpcBody body = stream.nonGrpcBody();
    if (body != null) {
      collect(stream, body, data, length, endOfStream);
    } else if (!stream.responseSeen()) {
      // RFC 9113 section 8.1: a response begins with HEADERS.
      outcome.reset(
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
      outcome.reset(stream, body.toStatus(), Http2Error.PROTOCOL_ERROR);
    } else {
      outcome.credit(stream, stream.inFlow().consumed(length));
    }
  }

  private void deframe(StreamState stream, ByteBuf data, int padding, boolean endOfStream) {
    try {
      stream.deframer().deframe(data, stream);
    } catch (MessageException e) {
      outcome.reset(stream, withoutGrpcStatus(stream, e.status()), Http2Error.CANCEL);
      return;
    }
    if (endOfStream) {
      outcome.finish(stream, withoutGrpcStatus(stream, NO_TRAILERS), new Metadata());
      return;
    }
    if (padding > 0) {
      outcome.credit(stream, stream.inFlow().consumed(padding));
    }
    makeRoom(stream);
  }

  private static Status withoutGrpcStatus(StreamState stream, Status complaint) {
    return GrpcStatusCodec.withoutGrpcStatus(stream.responseStatus(), complaint);
  }

  /** Lets a message in that is larger than the window, as soon as the application asks for a message. */
  void makeRoom(StreamState stream) {
    int missing = stream.missing();
    if (missing > stream.inFlow().available()
        && (stream.wantsMessage() || !stream.handle().awaitDemand())) {
      outcome.credit(stream, stream.inFlow().grant(missing));
    }
  }
}
