// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import static io.netty.handler.codec.http2.Http2CodecUtil.CONNECTION_STREAM_ID;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.net.ConnectException;
import org.jspecify.annotations.Nullable;

/** The floor's connection: counts response bytes and ended streams, and writes a request for each. Confined to the event loop. */
final class FloorConnection extends FrameConnection {

  /** Calls are told apart by stream id modulo this; more than may be open. */
  private static final int RING = 1 << 16;

  private static final int CREDIT_AT = 1 << 30;

  private final FloorRequest request;
  private final ClosedLoop loop;
  private final long dataBytesPerCall;
  private final long[] startNanos = new long[RING];
  private int openLanes;
  private int nextStreamId = 1;
  private long callsEnded;
  private long dataBytes;
  private int uncredited;
  private @Nullable ChannelHandlerContext context;

  FloorConnection(FloorRequest request, ServerSetting setting, int lanes, ClosedLoop loop) {
    super(request);
    this.request = request;
    this.loop = loop;
    this.dataBytesPerCall = (long) setting.responseMessage().length * setting.responses();
    this.openLanes = lanes;
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

  void openLanes() {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      fail(new IllegalStateException("the connection is not open"));
      return;
    }
    long now = System.nanoTime();
    for (int i = openLanes; i > 0; i--) {
      call(now, out(ctx));
    }
    flush(ctx);
  }

  @Override
  void headers(int flags, int streamId, ByteBuf out) {
    if ((flags & FrameWriter.END_STREAM) != 0) {
      ended(streamId, out);
    }
  }

  @Override
  void otherFrame(byte type, int flags, int streamId, ByteBuf out) {
    if (type == Http2FrameTypes.RST_STREAM || type == Http2FrameTypes.GO_AWAY) {
      fail(new IllegalStateException("the server sent a frame of type " + type));
    }
  }

  @Override
  void data(int streamId, int length, boolean endStream, ByteBuf in, ByteBuf out) {
    dataBytes += length;
    uncredited += length;
    if (uncredited >= CREDIT_AT) {
      FrameWriter.windowUpdate(out, CONNECTION_STREAM_ID, uncredited);
      uncredited = 0;
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    if (openLanes > 0) {
      fail(new ConnectException("the server closed the connection"));
    }
    super.channelInactive(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(cause);
    ctx.close();
  }

  private void ended(int streamId, ByteBuf out) {
    callsEnded++;
    long now = System.nanoTime();
    if (loop.completed(startNanos[(streamId >>> 1) % RING], now)) {
      call(now, out);
      return;
    }
    openLanes--;
    if (openLanes == 0 && dataBytes != callsEnded * dataBytesPerCall) {
      fail(new IllegalStateException(dataBytes + " DATA bytes in " + callsEnded + " calls"));
    }
  }

  private void call(long now, ByteBuf out) {
    startNanos[(nextStreamId >>> 1) % RING] = now;
    request.writeHeaders(out, nextStreamId);
    int bytes = request.messageBytes();
    if (sender.takesNewAtOnce(bytes, out)) {
      request.writeData(out, nextStreamId, 0, bytes, true);
      sender.chargeConnection(bytes);
    } else {
      sender.offer(sender.open(nextStreamId), bytes, true, out);
    }
    nextStreamId += 2;
  }

  private void fail(Throwable cause) {
    loop.failed(cause);
    openLanes = 0;
  }
}
