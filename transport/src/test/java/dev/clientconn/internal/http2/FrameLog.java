// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records what a connection has sent, frame by frame. */
final class FrameLog extends Http2FrameAdapter {

  /**
   * A frame.
   *
   * @param text all of it that is short, in words
   */
  record Frame(String text, int streamId, @Nullable Http2Headers headers, ByteBuf data) {}

  private final List<Frame> frames = new ArrayList<>();

  List<Frame> take() {
    List<Frame> taken = List.copyOf(frames);
    frames.clear();
    return taken;
  }

  private void add(String text, int streamId) {
    frames.add(new Frame(text, streamId, null, Unpooled.EMPTY_BUFFER));
  }

  @Override
  public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean end) {
    String text = "DATA " + id + " " + data.readableBytes() + (end ? " END" : "");
    frames.add(new Frame(text, id, null, Unpooled.copiedBuffer(data)));
    return data.readableBytes() + padding;
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean end) {
    frames.add(
        new Frame("HEADERS " + id + (end ? " END" : ""), id, headers, Unpooled.EMPTY_BUFFER));
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int id, long code) {
    add("RST_STREAM " + id + " " + Http2Status.name(code), id);
  }

  @Override
  public void onSettingsAckRead(ChannelHandlerContext ctx) {
    add("SETTINGS ACK", 0);
  }

  @Override
  public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
    add("SETTINGS " + settings, 0);
  }

  @Override
  public void onPingRead(ChannelHandlerContext ctx, long data) {
    add("PING " + data, 0);
  }

  @Override
  public void onPingAckRead(ChannelHandlerContext ctx, long data) {
    add("PING ACK " + data, 0);
  }

  @Override
  public void onGoAwayRead(ChannelHandlerContext ctx, int lastId, long code, ByteBuf debug) {
    String text = debug.toString(StandardCharsets.UTF_8);
    add("GOAWAY " + lastId + " " + Http2Status.name(code) + " " + text, 0);
  }

  @Override
  public void onWindowUpdateRead(ChannelHandlerContext ctx, int id, int increment) {
    add("WINDOW_UPDATE " + id + " +" + increment, id);
  }
}
