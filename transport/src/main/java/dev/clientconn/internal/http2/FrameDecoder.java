// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.threading.EventLoopConfined;
import dev.clientconn.internal.wire.HeaderBlock;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;

/**
 * Reads frames with Netty's frame reader and tells {@link FrameListener}. PRIORITY and unknown frames are ignored (RFC
 * 9113 sections 5.3.2 and 5.5). PUSH_PROMISE is an error: this side has switched it off.
 */
@EventLoopConfined
final class FrameDecoder extends Http2FrameAdapter {

  private static final long PROTOCOL_ERROR = 0x1;
  private static final long INTERNAL_ERROR = 0x2;

  private FrameListener listener;
  private final HeaderBlock block = new HeaderBlock();
  private final DefaultHttp2FrameReader reader;

  FrameDecoder(FrameListener listener, int maxHeaderListSize) {
    this.listener = listener;
    this.reader = new DefaultHttp2FrameReader(new BlockDecoder(maxHeaderListSize));
  }

  /** Decodes whole frames; a part of one stays in the buffer. */
  void decode(ChannelHandlerContext ctx, ByteBuf in) {
    int before;
    do {
      before = in.readableBytes();
      try {
        reader.readFrame(ctx, in, this);
      } catch (Http2Exception.StreamException e) {
        listener.onStreamError(e.streamId(), e.error().code(), message(e));
      } catch (Http2Exception e) {
        listener.onConnectionError(e.error().code(), message(e));
      } catch (RuntimeException e) {
        listener.onConnectionError(INTERNAL_ERROR, "cannot read a frame: " + e);
      }
    } while (in.isReadable() && in.readableBytes() < before);
  }

  private static String message(Http2Exception e) {
    return e.getMessage() == null ? e.error().name() : e.getMessage();
  }

  /** Also from within a frame: the rest of what was read is dropped. */
  void close() {
    listener = FrameListener.NONE;
    reader.close();
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream) {
    listener.onData(streamId, data, padding, endOfStream);
    return 0;
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int streamId,
      Http2Headers headers,
      int padding,
      boolean endStream) {
    listener.onHeaders(streamId, block, endStream);
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int streamId,
      Http2Headers headers,
      int streamDependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean endStream) {
    listener.onHeaders(streamId, block, endStream);
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) {
    listener.onRstStream(streamId, errorCode);
  }

  @Override
  public void onSettingsAckRead(ChannelHandlerContext ctx) {
    listener.onSettingsAck();
  }

  @Override
  public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
    listener.onSettings(settings);
  }

  @Override
  public void onPingRead(ChannelHandlerContext ctx, long data) {
    listener.onPing(data);
  }

  @Override
  public void onPingAckRead(ChannelHandlerContext ctx, long data) {
    listener.onPingAck(data);
  }

  @Override
  public void onPushPromiseRead(
      ChannelHandlerContext ctx,
      int streamId,
      int promisedStreamId,
      Http2Headers headers,
      int padding) {
    // RFC 9113 section 6.6: an error once SETTINGS_ENABLE_PUSH is 0.
    listener.onConnectionError(PROTOCOL_ERROR, "PUSH_PROMISE received, but push is disabled");
  }

  @Override
  public void onGoAwayRead(
      ChannelHandlerContext ctx, int lastStreamId, long errorCode, ByteBuf debugData) {
    listener.onGoAway(lastStreamId, errorCode, debugData);
  }

  @Override
  public void onWindowUpdateRead(ChannelHandlerContext ctx, int streamId, int increment) {
    listener.onWindowUpdate(streamId, increment);
  }

  @Override
  public void onUnknownFrame(
      ChannelHandlerContext ctx, byte frameType, int streamId, Http2Flags flags, ByteBuf payload) {
    // Extensions are ignored.
  }

  /** Decodes every block into the one reused {@link HeaderBlock}. */
  private final class BlockDecoder extends DefaultHttp2HeadersDecoder {

    BlockDecoder(int maxHeaderListSize) {
      super(true, false, maxHeaderListSize);
    }

    @Override
    protected Http2Headers newHeaders() {
      block.clear();
      return block;
    }
  }
}
