// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import static io.netty.handler.codec.http2.Http2CodecUtil.CONNECTION_STREAM_ID;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.io.IOException;
import java.util.List;

/**
 * The server's side of one connection: skips what is in the frames and answers all requests of a read with one write.
 * Confined to the event loop.
 */
final class CannedConnection extends FrameConnection {

  /** Receive window of the connection and of each stream. */
  private static final int WINDOW = 1 << 20;

  /** The same where a round trip takes long: 64 MiB, so that it is not what bounds an upload. */
  private static final int DISTANT_WINDOW = 64 << 20;

  private final CannedCalls calls;
  private final int window;
  private boolean prefaceSeen;
  private boolean endStreamAfterContinuation;
  private int uncredited;

  CannedConnection(ServerSetting setting, CannedResponse response) {
    super(response);
    this.calls = CannedCalls.of(setting.kind(), response, sender);
    this.window = setting.rttMillis() > 0 ? DISTANT_WINDOW : WINDOW;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ByteBuf out = out(ctx);
    FrameWriter.setting(out, (short) Http2CodecUtil.SETTINGS_INITIAL_WINDOW_SIZE, window);
    FrameWriter.windowUpdate(
        out, CONNECTION_STREAM_ID, window - Http2CodecUtil.DEFAULT_WINDOW_SIZE);
    flush(ctx);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> ignored) {
    if (prefaceSeen || readPreface(in)) {
      super.decode(ctx, in, ignored);
    }
  }

  @Override
  void otherFrame(byte type, int flags, int streamId, ByteBuf out) {
    switch (type) {
      case Http2FrameTypes.CONTINUATION -> {
        if ((flags & FrameWriter.END_HEADERS) != 0 && endStreamAfterContinuation) {
          endStreamAfterContinuation = false;
          ended(streamId, out);
        }
      }
      case Http2FrameTypes.RST_STREAM -> sender.forget(streamId);
      default -> {} // GOAWAY and PRIORITY want no reply; RFC 9113 §5.5: unknown types are ignored.
    }
  }

  @Override
  void data(int streamId, int length, boolean endStream, ByteBuf in, ByteBuf out) {
    uncredited += length;
    if (uncredited >= window / 2) {
      FrameWriter.windowUpdate(out, CONNECTION_STREAM_ID, uncredited);
      uncredited = 0;
    }
    StreamState stream = sender.get(streamId);
    if (stream == null) {
      return;
    }
    calls.data(stream, length, in, out);
    if (endStream) {
      calls.ended(stream, out);
      return;
    }
    stream.uncredited += length;
    if (stream.uncredited >= window / 2) {
      FrameWriter.windowUpdate(out, streamId, stream.uncredited);
      stream.uncredited = 0;
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A client that has what it came for may reset the connection; anything else is worth a look.
    if (!(cause instanceof IOException)) {
      System.err.println("canned server: closing a connection: " + cause);
    }
    ctx.close();
  }

  private boolean readPreface(ByteBuf in) {
    ByteBuf expected = Http2CodecUtil.connectionPrefaceBuf();
    try {
      int length = expected.readableBytes();
      if (in.readableBytes() < length) {
        return false;
      }
      if (!ByteBufUtil.equals(in, in.readerIndex(), expected, 0, length)) {
        in.skipBytes(in.readableBytes());
        throw new IllegalStateException("the client did not begin with the HTTP/2 preface");
      }
      in.skipBytes(length);
      prefaceSeen = true;
      return true;
    } finally {
      expected.release();
    }
  }

  @Override
  void headers(int flags, int streamId, ByteBuf out) {
    StreamState stream = sender.open(streamId);
    calls.opened(stream, out);
    boolean endStream = (flags & FrameWriter.END_STREAM) != 0;
    boolean endHeaders = (flags & FrameWriter.END_HEADERS) != 0;
    endStreamAfterContinuation = endStream && !endHeaders;
    if (endStream && endHeaders) {
      calls.ended(stream, out);
    }
  }

  private void ended(int streamId, ByteBuf out) {
    StreamState stream = sender.get(streamId);
    if (stream != null) {
      calls.ended(stream, out);
    }
  }
}
