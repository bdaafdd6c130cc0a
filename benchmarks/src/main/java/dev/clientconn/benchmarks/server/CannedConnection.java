// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.server;

import static io.netty.handler.codec.http2.Http2CodecUtil.CONNECTION_STREAM_ID;

import dev.clientconn.benchmarks.frame.FrameConnection;
import dev.clientconn.benchmarks.frame.FrameWriter;
import dev.clientconn.benchmarks.frame.StreamSender;
import dev.clientconn.benchmarks.workload.CallKind;
import dev.clientconn.benchmarks.workload.Workload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.util.collection.IntObjectHashMap;
import java.io.IOException;
import java.util.List;

/**
 * The server side of one connection: skips the contents of frames and sends the responses to all
 * requests of one read in one write. Confined to the event loop.
 */
final class CannedConnection extends FrameConnection {

  /** Receive window of the connection and of each stream. */
  private static final int WINDOW = 1 << 20;

  /** Receive window with a simulated round trip, large enough that it does not limit an upload. */
  private static final int DISTANT_WINDOW = 64 << 20;

  private final CannedResponse response;
  private final boolean pingPong;
  private final int window;
  /** Counts the requests of ping-pong streams. */
  private final IntObjectHashMap<MessageCounter> requests = new IntObjectHashMap<>();

  private boolean prefaceSeen;
  private boolean endStreamAfterContinuation;
  private int uncredited;

  CannedConnection(Workload workload, CannedResponse response) {
    super(response);
    this.response = response;
    this.pingPong = workload.kind() == CallKind.PING_PONG;
    this.window = workload.network().rttMillis() > 0 ? DISTANT_WINDOW : WINDOW;
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
  protected void headers(int flags, int streamId, ByteBuf out) {
    StreamSender.SendState stream = sender.open(streamId);
    if (pingPong) {
      requests.put(streamId, new MessageCounter());
      response.writeHeaders(out, streamId);
    }
    boolean endStream = (flags & FrameWriter.END_STREAM) != 0;
    boolean endHeaders = (flags & FrameWriter.END_HEADERS) != 0;
    endStreamAfterContinuation = endStream && !endHeaders;
    if (endStream && endHeaders) {
      requestsEnded(stream, out);
    }
  }

  @Override
  protected void data(int streamId, int length, boolean endStream, ByteBuf in, ByteBuf out) {
    uncredited += length;
    if (uncredited >= window / 2) {
      FrameWriter.windowUpdate(out, CONNECTION_STREAM_ID, uncredited);
      uncredited = 0;
    }
    StreamSender.SendState stream = sender.get(streamId);
    if (stream == null) {
      return;
    }
    if (pingPong) {
      respondToEach(stream, length, in, out);
    }
    if (endStream) {
      requestsEnded(stream, out);
      return;
    }
    stream.uncredited += length;
    if (stream.uncredited >= window / 2) {
      FrameWriter.windowUpdate(out, streamId, stream.uncredited);
      stream.uncredited = 0;
    }
  }

  @Override
  protected void otherFrame(byte type, int streamId, int flags, ByteBuf out) {
    switch (type) {
      case Http2FrameTypes.CONTINUATION -> {
        if ((flags & FrameWriter.END_HEADERS) != 0 && endStreamAfterContinuation) {
          endStreamAfterContinuation = false;
          StreamSender.SendState stream = sender.get(streamId);
          if (stream != null) {
            requestsEnded(stream, out);
          }
        }
      }
      case Http2FrameTypes.RST_STREAM -> {
        sender.close(streamId);
        requests.remove(streamId);
      }
      default -> {} // GOAWAY and PRIORITY need no reply; RFC 9113 §5.5: unknown types are ignored.
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A client may reset the connection once it has its response; other exceptions are unexpected.
    if (!(cause instanceof IOException)) {
      System.err.println("canned server: closing a connection: " + cause);
    }
    ctx.close();
  }

  private void respondToEach(StreamSender.SendState stream, int length, ByteBuf in, ByteBuf out) {
    MessageCounter counter = requests.get(stream.id);
    int more = counter == null ? 0 : counter.count(in, length);
    if (more > 0) {
      long target = stream.target() + (long) more * response.messageBytes();
      sender.offer(stream, target, false, out);
    }
  }

  private void requestsEnded(StreamSender.SendState stream, ByteBuf out) {
    if (pingPong) {
      requests.remove(stream.id);
      sender.offer(stream, stream.target(), true, out);
      return;
    }
    if (stream.closing()) {
      return;
    }
    long bytes = response.dataBytes();
    if (sender.fits(stream, bytes, out)) {
      response.writeWhole(out, stream.id);
      sender.charge(stream, (int) bytes);
      sender.close(stream.id);
    } else {
      response.writeHeaders(out, stream.id);
      sender.offer(stream, bytes, true, out);
    }
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
        throw new IllegalStateException("the client did not send the HTTP/2 connection preface");
      }
      in.skipBytes(length);
      prefaceSeen = true;
      return true;
    } finally {
      expected.release();
    }
  }
}
