// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.HashSet;
import java.util.Set;

/** Runs the script for each request of a connection, and returns credit for its messages. */
final class CallHandler extends ChannelInboundHandlerAdapter {

  private final Script script;

  private final boolean updatesWindows;

  private final Set<Http2FrameStream> seen = new HashSet<>();

  private boolean ignoresCalls;

  CallHandler(Script script, boolean updatesWindows) {
    this.script = script;
    this.updatesWindows = updatesWindows;
  }

  /** Ignores requests that arrive after GOAWAY, as servers do. */
  void ignoreCalls() {
    this.ignoresCalls = true;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object frame) {
    try {
      if (frame instanceof Http2HeadersFrame headers
          && this.seen.add(headers.stream())
          && !this.ignoresCalls) {
        this.script.run(new FaultyCall(context, this.script, headers.stream(), headers.headers()));
      } else if (frame instanceof Http2DataFrame data && this.updatesWindows) {
        int bytes = data.initialFlowControlledBytes();
        if (bytes > 0) {
          context.writeAndFlush(new DefaultHttp2WindowUpdateFrame(bytes).stream(data.stream()));
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
