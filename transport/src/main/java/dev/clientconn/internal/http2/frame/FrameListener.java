// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.frame;

import dev.clientconn.internal.wire.HeaderBlock;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Settings;

/** The frames a client can receive. Buffers and header blocks belong to the caller and are valid during the call only. */
public interface FrameListener {

  /** Whether the connection is over: then no further frame is told. */
  boolean isClosed();

  void onHeaders(int streamId, HeaderBlock block, boolean endOfStream);

  /**
   * @param padding bytes of padding, the length field included; they count against the windows
   */
  void onData(int streamId, ByteBuf data, int padding, boolean endOfStream);

  void onRstStream(int streamId, long errorCode);

  /**
   * A SETTINGS_HEADER_TABLE_SIZE, before the {@link #onSettings} of its frame. A frame may have several, and the least of
   * them counts as well as the last (RFC 9113 section 6.5.3, RFC 7541 section 4.2).
   */
  void onHeaderTableSize(long bytes);

  void onSettings(Http2Settings settings);

  /** No effect: the settings sent only raise limits, or bound what is checked on arrival in any case. */
  default void onSettingsAck() {}

  void onPing(long payload);

  default void onPingAck(long payload) {}

  void onGoAway(int lastStreamId, long errorCode, ByteBuf debugData);

  void onWindowUpdate(int streamId, int increment);

  /**
   * A frame that breaks a rule for one stream; the connection goes on.
   *
   * @param endOfStream whether the frame had END_STREAM
   */
  void onStreamError(int streamId, long errorCode, String message, boolean endOfStream);

  /**
   * A header block whose list is over the limit on header lists. The connection goes on: the block
   * was decoded to its end, or a connection error follows.
   *
   * @param status the end of the call, which names the limit
   */
  void onHeadersOverLimit(int streamId, Status status, boolean endOfStream);

  /** A frame that breaks the connection. */
  void onConnectionError(long errorCode, String message);
}
