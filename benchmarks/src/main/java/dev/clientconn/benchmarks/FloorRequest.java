// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import static dev.clientconn.benchmarks.FrameWriter.END_HEADERS;
import static dev.clientconn.benchmarks.FrameWriter.END_STREAM;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.InetSocketAddress;

/** A request's bytes: the first one fills HPACK's dynamic table, all others refer to it, as any gRPC client's do. */
final class FloorRequest implements StreamContent {

  private final byte[] firstHeaders;
  private final byte[] laterHeaders;
  private final byte[] message;
  private boolean first = true;

  FloorRequest(InetSocketAddress server, ServerSetting setting) {
    Http2Headers headers = new DefaultHttp2Headers()
        .method("POST")
        .scheme("http")
        .path("/" + EchoMethods.of(setting.kind()).getFullMethodName())
        .authority(server.getAddress().getHostAddress() + ":" + server.getPort())
        .set("te", "trailers")
        .set("content-type", "application/grpc")
        .set("user-agent", "floor");
    DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    this.firstHeaders = encode(encoder, headers);
    this.laterHeaders = encode(encoder, headers);
    this.message = ResponseShape.framed(ResponseShape.payload(setting.requestBytes()));
  }

  int messageBytes() {
    return message.length;
  }

  void writeHeaders(ByteBuf out, int streamId) {
    byte[] headers = first ? firstHeaders : laterHeaders;
    first = false;
    FrameWriter.header(out, headers.length, Http2FrameTypes.HEADERS, END_HEADERS, streamId);
    out.writeBytes(headers);
  }

  @Override
  public void writeData(ByteBuf out, int streamId, long offset, int length, boolean last) {
    byte flags = last ? END_STREAM : FrameWriter.NO_FLAGS;
    FrameWriter.header(out, length, Http2FrameTypes.DATA, flags, streamId);
    out.writeBytes(message, (int) offset, length);
  }

  /** The one message is never empty, for its prefix is not, so this is not called. */
  @Override
  public void writeEnd(ByteBuf out, int streamId) {
    FrameWriter.header(out, 0, Http2FrameTypes.DATA, END_STREAM, streamId);
  }

  private static byte[] encode(DefaultHttp2HeadersEncoder encoder, Http2Headers headers) {
    ByteBuf block = Unpooled.buffer();
    try {
      encoder.encodeHeaders(1, headers, block);
      return ByteBufUtil.getBytes(block);
    } catch (Http2Exception e) {
      throw new IllegalStateException("the floor's own headers cannot be encoded", e);
    } finally {
      block.release();
    }
  }
}
