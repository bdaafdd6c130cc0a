// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;

/**
 * Holds the frames of a unary response of 100 bytes on stream 1, in two forms: a connection's first
 * response, which adds fields to HPACK's dynamic table, and a later one, which refers to them.
 */
final class SampleResponse {

  private static final int END_STREAM = 0x1;
  private static final int END_HEADERS = 0x4;

  private static final Http2Headers HEADERS = new DefaultHttp2Headers()
      .status("200")
      .add("content-type", "application/grpc")
      .add("grpc-encoding", "identity")
      .add("grpc-accept-encoding", "gzip");
  private static final Http2Headers TRAILERS = new DefaultHttp2Headers().add("grpc-status", "0");

  /** Header blocks without frames. */
  final ByteBuf firstHeaders = Unpooled.directBuffer();

  final ByteBuf firstTrailers = Unpooled.directBuffer();
  final ByteBuf headers = Unpooled.directBuffer();
  final ByteBuf trailers = Unpooled.directBuffer();

  /** Whole responses. */
  final ByteBuf first;

  final ByteBuf later;

  SampleResponse() {
    try (DefaultHttp2HeadersEncoder hpack = new DefaultHttp2HeadersEncoder()) {
      hpack.encodeHeaders(1, HEADERS, firstHeaders);
      hpack.encodeHeaders(1, TRAILERS, firstTrailers);
      hpack.encodeHeaders(1, HEADERS, headers);
      hpack.encodeHeaders(1, TRAILERS, trailers);
    } catch (Http2Exception e) {
      throw new IllegalStateException(e);
    }
    first = frames(firstHeaders, firstTrailers);
    later = frames(headers, trailers);
  }

  void release() {
    firstHeaders.release();
    firstTrailers.release();
    headers.release();
    trailers.release();
    first.release();
    later.release();
  }

  private static ByteBuf frames(ByteBuf headers, ByteBuf trailers) {
    ByteBuf frames = Unpooled.directBuffer();
    frame(frames, Http2FrameTypes.HEADERS, END_HEADERS, headers);
    ByteBuf message = Unpooled.buffer().writeByte(0).writeInt(100).writeZero(100);
    frame(frames, Http2FrameTypes.DATA, 0, message);
    frame(frames, Http2FrameTypes.HEADERS, END_HEADERS | END_STREAM, trailers);
    return frames;
  }

  private static void frame(ByteBuf out, byte type, int flags, ByteBuf payload) {
    out.writeMedium(payload.readableBytes()).writeByte(type).writeByte(flags).writeInt(1);
    out.writeBytes(payload, payload.readerIndex(), payload.readableBytes());
  }
}
