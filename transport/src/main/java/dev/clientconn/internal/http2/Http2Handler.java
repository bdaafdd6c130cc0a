// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.threading.EventLoopConfined;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/** Netty's side of a connection: turns pipeline events into calls of {@link Http2Client}. */
@EventLoopConfined
final class Http2Handler extends ByteToMessageDecoder {

  private final Http2Client client;
  private final FrameDecoder decoder;
  private final Connecting connecting;
  private boolean begun;
  private boolean sniffed;

  Http2Handler(Http2Client client, FrameDecoder decoder, Connecting connecting) {
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
    connecting.awaitSettings(ctx.channel());
    client.connected(ctx);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    client.beginRead();
    if (!sniffed) {
      if (!PeerSniffer.isEnough(in)) {
        return;
      }
      sniffed = true;
      String complaint = PeerSniffer.complaint(in);
      if (complaint != null) {
        client.close(Status.UNAVAILABLE.withDescription(complaint));
      }
    }
    if (client.isClosed()) {
      // A channel that tells its end at once has released what it had read.
      if (in.refCnt() > 0) {
        in.skipBytes(in.readableBytes());
      }
      return;
    }
    decoder.decode(ctx.alloc(), in);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    super.channelReadComplete(ctx);
    client.endTurn();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      client.endTurn();
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    connecting.because(cause);
    ctx.close();
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    decoder.close();
  }
}
