// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.test;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes below the codec, which would refuse what a well-behaved server does not do: a GOAWAY that
 * excludes streams it has seen, and a close without GOAWAY.
 */
final class RawFrames {

  /** Name of the codec in the pipeline. */
  static final String CODEC = "http2";

  /** Length of the fixed part of GOAWAY: the last stream and the error code. */
  private static final int GOAWAY_LENGTH = 8;

  private static final int GRACE_SECONDS = 5;

  private RawFrames() {}

  /** The codec's context, or null if the connection does not speak HTTP/2. */
  private static @Nullable ChannelHandlerContext below(Channel channel) {
    return channel.pipeline().context(CODEC);
  }

  /**
   * Sends GOAWAY (RFC 9113, section 6.8). Calls after the last stream that arrive nevertheless are
   * ignored, because the client sends them again.
   *
   * @param lastStream the last stream that is processed; by default the last that has arrived
   */
  static void goAway(
      Channel channel, @Nullable Integer lastStream, Http2Error error, String debugData) {
    ChannelHandlerContext below = below(channel);
    if (below == null) {
      return;
    }
    int last = lastStream == null
        ? ((Http2FrameCodec) below.handler()).connection().remote().lastStreamCreated()
        : lastStream;
    byte[] text = debugData.getBytes(StandardCharsets.UTF_8);
    ByteBuf frame = below.alloc().buffer();
    frame.writeMedium(GOAWAY_LENGTH + text.length);
    frame.writeByte(Http2FrameTypes.GO_AWAY).writeByte(0).writeInt(0);
    frame.writeInt(last).writeInt((int) error.code()).writeBytes(text);
    below.writeAndFlush(frame);
    channel.pipeline().get(CallHandler.class).ignoreCallsAfter(last);
  }

  /**
   * Sends GOAWAY for the calls to come.
   *
   * @return done when the client has received it
   */
  static Future<?> drain(Channel channel, Http2Error error, String debugData) {
    if (below(channel) == null) {
      return channel.newSucceededFuture();
    }
    goAway(channel, null, error, debugData);
    return channel.pipeline().get(CallHandler.class).ping(channel);
  }

  static void send(Channel channel, byte[] bytes) {
    ChannelHandlerContext below = below(channel);
    if (below != null) {
      below.writeAndFlush(below.alloc().buffer().writeBytes(bytes));
    }
  }

  /**
   * Ends a connection so that no later call fails: GOAWAY makes the client send again what it has
   * sent in the meantime. The client closes the connection, or this side does after a while.
   *
   * @return done when the client has received GOAWAY, or the connection is closed
   */
  static Future<?> end(Channel channel) {
    if (below(channel) == null) {
      return channel.close();
    }
    ReadGate.open(channel);
    channel.eventLoop().schedule(() -> close(channel), GRACE_SECONDS, TimeUnit.SECONDS);
    return drain(channel, Http2Error.NO_ERROR, "the test has ended");
  }

  /** Closes the socket after what was written. */
  static Future<?> close(Channel channel) {
    ChannelHandlerContext below = below(channel);
    return below == null ? channel.close() : below.close();
  }

  /** Closes the socket with a TCP reset. */
  static void reset(Channel channel) {
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
    close(channel);
  }
}
