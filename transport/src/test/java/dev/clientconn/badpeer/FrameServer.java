// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.badpeer;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelId;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Frame;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;

/**
 * An HTTP/2 server on Netty's own codec that responds to each request's HEADERS as the test
 * defines.
 */
public final class FrameServer implements AutoCloseable {

  /** Answers one stream. */
  public interface Answer {
    void to(Stream stream);
  }

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel listener;

  public FrameServer(Answer answer) {
    listener = new ServerBootstrap()
        .group(group)
        .channel(NioServerSocketChannel.class)
        .childHandler(new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            Http2FrameCodec codec = Http2FrameCodecBuilder.forServer()
                .validateHeaders(false)
                .encoderIgnoreMaxHeaderListSize(true)
                .build();
            channel.pipeline().addLast(codec, new Handler(answer));
          }
        })
        .bind(InetAddress.getLoopbackAddress(), 0)
        .syncUninterruptibly()
        .channel();
  }

  public int port() {
    return ((java.net.InetSocketAddress) listener.localAddress()).getPort();
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** One stream, from the server's side. */
  public record Stream(ChannelHandlerContext ctx, Http2FrameStream stream) {

    public Stream headers(boolean endOfStream, String... namesAndValues) {
      Http2Headers headers = new DefaultHttp2Headers(false);
      for (int i = 0; i < namesAndValues.length; i += 2) {
        headers.add(namesAndValues[i], namesAndValues[i + 1]);
      }
      ctx.writeAndFlush(new DefaultHttp2HeadersFrame(headers, endOfStream).stream(stream));
      return this;
    }

    public Stream grpcHeaders() {
      return headers(false, ":status", "200", "content-type", "application/grpc");
    }

    public Stream data(boolean endOfStream, byte[] bytes) {
      ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
      ctx.writeAndFlush(new DefaultHttp2DataFrame(buffer, endOfStream).stream(stream));
      return this;
    }

    public Stream reset(Http2Error error) {
      ctx.writeAndFlush(new DefaultHttp2ResetFrame(error).stream(stream));
      return this;
    }

    /** Past the codec, which would name the last stream it knows. */
    public Stream goAway(int lastId, Http2Error error) {
      ChannelHandlerContext codec = ctx.pipeline().context(Http2FrameCodec.class);
      ((Http2FrameCodec) codec.handler())
          .encoder()
          .frameWriter()
          .writeGoAway(codec, lastId, error.code(), Unpooled.EMPTY_BUFFER, codec.newPromise());
      codec.flush();
      return this;
    }

    public int id() {
      return stream.id();
    }

    ChannelId connection() {
      return ctx.channel().id();
    }

    public void closeConnection() {
      ctx.channel().close();
    }
  }

  private static final class Handler extends SimpleChannelInboundHandler<Http2Frame> {
    private final Answer answer;

    Handler(Answer answer) {
      this.answer = answer;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Http2Frame frame) {
      if (frame instanceof Http2HeadersFrame headers) {
        answer.to(new Stream(ctx, headers.stream()));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
