// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.frame;

import dev.clientconn.internal.wire.HeaderBlock;
import dev.clientconn.internal.wire.ResponseBlock;
import dev.clientconn.internal.wire.ResponseHeaders;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Settings;
import org.openjdk.jmh.infra.Blackhole;

/** Consumes the frames of responses and fails on all others. */
final class BlackholeListener implements FrameListener {

  private final Blackhole sink;
  private final boolean classify;
  private int responseStatus = ResponseBlock.NO_RESPONSE;

  /**
   * Creates a listener.
   *
   * @param classify whether header blocks are converted to metadata and status, as for calls
   */
  BlackholeListener(Blackhole sink, boolean classify) {
    this.sink = sink;
    this.classify = classify;
  }

  @Override
  public boolean isClosed() {
    return false;
  }

  @Override
  public void onHeaders(int streamId, HeaderBlock block, boolean endOfStream) {
    if (classify) {
      ResponseBlock result = ResponseHeaders.classify(block, endOfStream, responseStatus);
      responseStatus = endOfStream ? ResponseBlock.NO_RESPONSE : result.httpStatus();
      sink.consume(result);
    } else {
      sink.consume(block.count());
    }
  }

  @Override
  public void onData(int streamId, ByteBuf data, int padding, boolean endOfStream) {
    sink.consume(data.readableBytes());
  }

  @Override
  public void onRstStream(int streamId, long errorCode) {
    throw new IllegalStateException("RST_STREAM");
  }

  @Override
  public void onHeaderTableSize(long bytes) {
    throw new IllegalStateException("SETTINGS_HEADER_TABLE_SIZE");
  }

  @Override
  public void onSettings(Http2Settings settings) {
    throw new IllegalStateException("SETTINGS");
  }

  @Override
  public void onPing(long payload) {
    throw new IllegalStateException("PING");
  }

  @Override
  public void onGoAway(int lastStreamId, long errorCode, ByteBuf debugData) {
    throw new IllegalStateException("GOAWAY");
  }

  @Override
  public void onWindowUpdate(int streamId, int increment) {
    throw new IllegalStateException("WINDOW_UPDATE");
  }

  @Override
  public void onStreamError(int streamId, long errorCode, String message, boolean endOfStream) {
    throw new IllegalStateException(message);
  }

  @Override
  public void onHeadersOverLimit(int streamId, Status status, boolean endOfStream) {
    throw status.asRuntimeException();
  }

  @Override
  public void onConnectionError(long errorCode, String message) {
    throw new IllegalStateException(message);
  }
}
