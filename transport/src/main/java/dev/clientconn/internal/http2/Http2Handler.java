// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.http2.TransportCounters.Figure;
import dev.clientconn.internal.http2.connect.ConnectAttempt;
import dev.clientconn.internal.http2.frame.FrameReader;
import dev.clientconn.internal.http2.frame.NonHttp2Detector;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Passes the events of a connection's Netty pipeline to {@link Http2Client}, and the bytes read to
 * the frame reader. The outermost catch of a read: what is thrown while frames are decoded and
 * applied fails the connection.
 */
@EventLoopConfined
final class Http2Handler extends ByteToMessageDecoder {

  private final Http2Client client;
  private final FrameReader frameReader;
  private final ConnectAttempt connectAttempt;
  private boolean started;
  private boolean detected;

  Http2Handler(Http2Client client, FrameReader frameReader) {
    this.client = client;
    this.frameReader = frameReader;
    this.connectAttempt = client.connectAttempt();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    // With TLS the handler is added after the handshake, when the channel has been active for long.
    if (ctx.channel().isActive()) {
      start(ctx);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    start(ctx);
    ctx.fireChannelActive();
  }

  /** Starts once: a channel that is active when the handler is added may report it in both ways. */
  private void start(ChannelHandlerContext ctx) {
    if (started) {
      return;
    }
    started = true;
    if (ctx.channel() instanceof DuplexChannel) {
      // A failed write must not close the channel: what the peer sent before is still to be read.
      ctx.channel().config().setAutoClose(false);
    }
    connectAttempt.awaitSettings(ctx.channel());
    client.connected(ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
    if (msg instanceof ByteBuf bytes) {
      client.counters.add(Figure.BYTES_RECEIVED, bytes.readableBytes());
    }
    super.channelRead(ctx, msg);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    try {
      if (!client.isClosed()) {
        // Any byte proves that the peer is alive, also one that completes no frame (gRFC A8).
        client.onRead();
        if (detected || detectHttp2(in)) {
          frameReader.decode(ctx.alloc(), in);
        }
      }
    } catch (Throwable thrown) {
      client.failed(thrown);
    }
    // A channel that is closed while a frame is applied may have released the buffer.
    if (client.isClosed() && in.refCnt() > 0) {
      in.skipBytes(in.readableBytes());
    }
  }

  /** Returns whether the peer speaks HTTP/2, as far as its first bytes show. */
  private boolean detectHttp2(ByteBuf in) {
    if (!NonHttp2Detector.hasEnoughBytes(in)) {
      return false;
    }
    detected = true;
    String complaint = NonHttp2Detector.problem(in);
    if (complaint != null) {
      client.rejectPeer(complaint);
    }
    return complaint == null;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    super.channelReadComplete(ctx);
    // Once per read, not per frame: all replies and credits of a read leave in one write.
    client.endTurn();
  }

  /** The last bytes may be decoded in here, and no {@link #channelReadComplete} follows. */
  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    super.channelInactive(ctx);
    client.endTurn();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      // What was held back while the socket's buffer was full is written now.
      client.endTurn();
    }
    ctx.fireChannelWritabilityChanged();
  }

  /** A write has failed; {@link #exceptionCaught} was called with its cause before. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof ChannelOutputShutdownEvent) {
      client.outputClosed(connectAttempt.outputClosed());
    }
    super.userEventTriggered(ctx, event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof ChannelOutputShutdownException) {
      connectAttempt.recordCause(cause.getCause() == null ? cause : cause.getCause());
      return;
    }
    connectAttempt.recordCause(cause);
    ctx.close();
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    frameReader.close();
  }
}
