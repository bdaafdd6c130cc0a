// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.client;

import static dev.clientconn.benchmarks.frame.FrameWriter.END_HEADERS;
import static dev.clientconn.benchmarks.frame.FrameWriter.END_STREAM;
import static io.netty.handler.codec.http2.Http2CodecUtil.CONNECTION_STREAM_ID;

import dev.clientconn.benchmarks.caller.ClosedLoop;
import dev.clientconn.benchmarks.frame.FrameConnection;
import dev.clientconn.benchmarks.frame.FrameWriter;
import dev.clientconn.benchmarks.frame.StreamSender;
import dev.clientconn.benchmarks.workload.EchoMessages;
import dev.clientconn.benchmarks.workload.EchoMethods;
import dev.clientconn.benchmarks.workload.Workload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The floor's connection: writes requests, counts response bytes, and starts the next call when a
 * stream ends. It keeps to the server's windows and grants the server the largest ones. Confined to
 * the event loop.
 */
final class FloorConnection extends FrameConnection {

  /** Start times are stored by stream id modulo this, which is more than may be open. */
  private static final int RING = 1 << 16;

  private static final int CREDIT_AT = 1 << 30;

  private final Request request;
  private final ClosedLoop loop;
  private final int responses;
  private final long dataBytesPerCall;
  private final long[] startNanos = new long[RING];
  private int openCalls;
  private int nextStreamId = 1;
  private long callsEnded;
  private long dataBytes;
  private int uncredited;
  private @Nullable ChannelHandlerContext context;

  FloorConnection(InetSocketAddress server, Workload workload, ClosedLoop loop) {
    this(new Request(server, workload), workload, loop);
  }

  private FloorConnection(Request request, Workload workload, ClosedLoop loop) {
    super(request);
    this.request = request;
    this.loop = loop;
    this.responses = workload.responses();
    this.dataBytesPerCall = (long) EchoMessages.framed(workload.responseBytes()).length * responses;
    this.openCalls = workload.inFlight();
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    context = ctx;
    ByteBuf out = out(ctx);
    ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();
    out.writeBytes(preface);
    preface.release();
    FrameWriter.setting(
        out, (short) Http2CodecUtil.SETTINGS_INITIAL_WINDOW_SIZE, Integer.MAX_VALUE);
    FrameWriter.windowUpdate(
        out, CONNECTION_STREAM_ID, Integer.MAX_VALUE - Http2CodecUtil.DEFAULT_WINDOW_SIZE);
    flush(ctx);
  }

  void startCalls() {
    ChannelHandlerContext ctx = context;
    if (ctx == null || !ctx.channel().isActive()) {
      fail(new IllegalStateException("the connection is not open"));
      return;
    }
    long now = System.nanoTime();
    for (int i = openCalls; i > 0; i--) {
      call(now, out(ctx));
    }
    flush(ctx);
  }

  @Override
  protected void headers(int flags, int streamId, ByteBuf out) {
    if ((flags & END_STREAM) != 0) {
      callEnded(streamId, out);
    }
  }

  @Override
  protected void otherFrame(byte type, int streamId, int flags, ByteBuf out) {
    if (type == Http2FrameTypes.RST_STREAM || type == Http2FrameTypes.GO_AWAY) {
      fail(new IllegalStateException("the server sent a frame of type " + type));
    }
  }

  @Override
  protected void data(int streamId, int length, boolean endStream, ByteBuf in, ByteBuf out) {
    dataBytes += length;
    uncredited += length;
    if (uncredited >= CREDIT_AT) {
      FrameWriter.windowUpdate(out, CONNECTION_STREAM_ID, uncredited);
      uncredited = 0;
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    if (openCalls > 0) {
      fail(new ConnectException("the server closed the connection"));
    }
    super.channelInactive(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(cause);
    ctx.close();
  }

  private void callEnded(int streamId, ByteBuf out) {
    callsEnded++;
    long now = System.nanoTime();
    loop.operations(responses);
    if (loop.ended(startNanos[(streamId >>> 1) % RING], now)) {
      call(now, out);
      return;
    }
    openCalls--;
    if (openCalls == 0 && dataBytes != callsEnded * dataBytesPerCall) {
      fail(new IllegalStateException(dataBytes + " DATA bytes in " + callsEnded + " calls"));
    }
  }

  private void call(long now, ByteBuf out) {
    startNanos[(nextStreamId >>> 1) % RING] = now;
    request.writeHeaders(out, nextStreamId);
    int bytes = request.messageBytes();
    if (sender.fitsNewStream(bytes, out)) {
      request.writeData(out, nextStreamId, 0, bytes, true);
      sender.chargeConnection(bytes);
    } else {
      sender.offer(sender.open(nextStreamId), bytes, true, out);
    }
    nextStreamId += 2;
  }

  private void fail(Throwable cause) {
    loop.failed(cause);
    openCalls = 0;
  }

  /**
   * The encoded request. Only the first header block adds fields to HPACK's dynamic table; all
   * others refer to it, as those of gRPC clients do.
   */
  static final class Request implements StreamSender.Content {

    private final byte[] firstHeaders;
    private final byte[] laterHeaders;
    private final byte[] message;
    private boolean first = true;

    Request(InetSocketAddress server, Workload workload) {
      Http2Headers headers = new DefaultHttp2Headers()
          .method("POST")
          .scheme("http")
          .path("/" + EchoMethods.of(workload.kind()).getFullMethodName())
          .authority(server.getAddress().getHostAddress() + ":" + server.getPort())
          .set("te", "trailers")
          .set("content-type", "application/grpc")
          .set("user-agent", "floor");
      try (DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder()) {
        this.firstHeaders = encode(encoder, headers);
        this.laterHeaders = encode(encoder, headers);
      }
      this.message = EchoMessages.framed(workload.requestBytes());
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

    /** Not called, because the message is never empty: it has a prefix. */
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
        throw new IllegalStateException("the floor's headers cannot be encoded", e);
      } finally {
        block.release();
      }
    }
  }
}
