// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
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

/** Turns the events of a connection's Netty pipeline into calls of {@link Http2Client}. */
@EventLoopConfined
final class Http2Handler extends ByteToMessageDecoder {

  private final Http2Client client;
  private final FrameReader decoder;
  private final ConnectAttempt connecting;
  private boolean begun;
  private boolean sniffed;

  Http2Handler(Http2Client client, FrameReader decoder, ConnectAttempt connecting) {
    this.client = client;
    this.decoder = decoder;
    this.connecting = connecting;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (ctx.channel().isActive()) {
      begin(ctx);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    begin(ctx);
    ctx.fireChannelActive();
  }

  /** Once: a channel that is active when it is registered says so both ways. */
  private void begin(ChannelHandlerContext ctx) {
    if (begun) {
      return;
    }
    begun = true;
    if (ctx.channel() instanceof DuplexChannel) {
      // A write that fails must not close the channel: what the peer sent before is still to be
      // read.
      ctx.channel().config().setAutoClose(false);
    }
    connecting.awaitSettings(ctx.channel());
    client.connected(ctx);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    try {
      if (!client.isClosed()) {
        client.onRead();
        if (sniffed || sniff(in)) {
          decoder.decode(ctx.alloc(), in);
        }
      }
    } catch (Throwable thrown) {
      client.failed(thrown);
    }
    // A channel that closes within a frame may have released what it had read.
    if (client.isClosed() && in.refCnt() > 0) {
      in.skipBytes(in.readableBytes());
    }
  }

  /** Returns whether the peer speaks HTTP/2, as far as its first bytes show. */
  private boolean sniff(ByteBuf in) {
    if (!NonHttp2Detector.isEnough(in)) {
      return false;
    }
    sniffed = true;
    String complaint = NonHttp2Detector.complaint(in);
    if (complaint != null) {
      client.rejectPeer(complaint);
    }
    return complaint == null;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    super.channelReadComplete(ctx);
    client.endTurn();
  }

  /** What the decoder does with the last bytes is a read too, and no {@link #channelReadComplete} follows it. */
  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    super.channelInactive(ctx);
    client.endTurn();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      client.endTurn();
    }
    ctx.fireChannelWritabilityChanged();
  }

  /** Follows a write that has failed, behind {@link #exceptionCaught} with its cause. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof ChannelOutputShutdownEvent) {
      client.outputClosed(connecting.outputClosed());
    }
    super.userEventTriggered(ctx, event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof ChannelOutputShutdownException) {
      connecting.because(cause.getCause() == null ? cause : cause.getCause());
      return;
    }
    connecting.because(cause);
    ctx.close();
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    decoder.close();
  }
}
