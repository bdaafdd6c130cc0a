// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Runs the script for each request of a connection, returns credit for its messages, and finds out
 * when the client has received what was sent.
 */
final class CallHandler extends ChannelInboundHandlerAdapter {

  private static final int PING_SECONDS = 5;

  private final Script script;

  private final boolean updatesWindows;

  private final Set<Http2FrameStream> seen = new HashSet<>();

  private final Map<Long, Promise<Void>> pings = new HashMap<>();

  private int lastStream = Integer.MAX_VALUE;

  private long lastPing;

  CallHandler(Script script, boolean updatesWindows) {
    this.script = script;
    this.updatesWindows = updatesWindows;
  }

  /** Ignores requests that GOAWAY has excluded and that arrive after it, as servers do. */
  void ignoreCallsAfter(int stream) {
    this.lastStream = Math.min(this.lastStream, stream);
  }

  /**
   * Sends PING, which the client acknowledges after it has received all frames before it.
   *
   * @return done when the client has responded, the connection is closed, or 5 seconds have passed
   */
  Future<Void> ping(Channel channel) {
    long ping = ++this.lastPing;
    Promise<Void> response = channel.eventLoop().newPromise();
    this.pings.put(ping, response);
    channel.closeFuture().addListener(closed -> response.trySuccess(null));
    channel.eventLoop().schedule(() -> response.trySuccess(null), PING_SECONDS, TimeUnit.SECONDS);
    channel.writeAndFlush(new DefaultHttp2PingFrame(ping));
    return response;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object frame) {
    try {
      if (frame instanceof Http2HeadersFrame headers
          && this.seen.add(headers.stream())
          && headers.stream().id() <= this.lastStream) {
        this.script.run(new FaultyCall(context, this.script, headers.stream(), headers.headers()));
      } else if (frame instanceof Http2DataFrame data && this.updatesWindows) {
        int bytes = data.initialFlowControlledBytes();
        if (bytes > 0) {
          context.writeAndFlush(new DefaultHttp2WindowUpdateFrame(bytes).stream(data.stream()));
        }
      } else if (frame instanceof Http2PingFrame ping && ping.ack()) {
        Promise<Void> response = this.pings.remove(ping.content());
        if (response != null) {
          response.trySuccess(null);
        }
      }
    } finally {
      ReferenceCountUtil.release(frame);
    }
  }

  /** Calls that a client cancels are no mistake of the script. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    RawFrames.close(context.channel());
  }
}
