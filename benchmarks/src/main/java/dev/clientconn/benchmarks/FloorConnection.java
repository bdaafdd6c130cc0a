// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import static io.netty.handler.codec.http2.Http2CodecUtil.CONNECTION_STREAM_ID;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** The floor's connection: counts response bytes and ended streams, and writes a request for each. Confined to the event loop. */
final class FloorConnection extends FrameSkimmer {

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

  FloorConnection(InetSocketAddress server, Workload workload, ClosedLoop loop) {
    this.request = new FloorRequest(server, workload);
    this.loop = loop;
    this.dataBytesPerCall = workload.response().dataBytes();
    this.openLanes = workload.inFlight();
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
  void frame(byte type, int flags, int streamId, int length, ByteBuf in, ByteBuf out) {
    switch (type) {
      case Http2FrameTypes.HEADERS -> {
        if ((flags & FrameWriter.END_STREAM) != 0) {
          ended(streamId, out);
        }
      }
      case Http2FrameTypes.DATA -> data(length, out);
      case Http2FrameTypes.SETTINGS -> {
        if ((flags & FrameWriter.ACK) == 0) {
          FrameWriter.settingsAck(out);
        }
      }
      case Http2FrameTypes.PING -> {
        if ((flags & FrameWriter.ACK) == 0) {
          FrameWriter.pingAck(out, in, length);
        }
      }
      case Http2FrameTypes.RST_STREAM, Http2FrameTypes.GO_AWAY ->
        fail(new IllegalStateException("the server sent a frame of type " + type));
      default -> {} // WINDOW_UPDATE: few enough bytes are open for any window.
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

  private void data(int length, ByteBuf out) {
    dataBytes += length;
    uncredited += length;
    if (uncredited >= CREDIT_AT) {
      FrameWriter.windowUpdate(out, CONNECTION_STREAM_ID, uncredited);
      uncredited = 0;
    }
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
    request.write(out, nextStreamId);
    nextStreamId += 2;
  }

  private void fail(Throwable cause) {
    loop.failed(cause);
    openLanes = 0;
  }
}
