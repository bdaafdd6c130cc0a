// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.frame;

import dev.clientconn.internal.wire.HeaderBlock;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Settings;

/**
 * Receives the frames of a connection. Buffers and header blocks belong to the caller and are valid
 * during the call only; what is needed longer must be copied.
 */
public interface FrameListener {

  /** Whether the connection is closed. No frame is passed on after that. */
  boolean isClosed();

  /** A complete header block: HEADERS and its CONTINUATIONs. */
  void onHeaders(int streamId, HeaderBlock block, boolean endOfStream);

  /**
   * DATA, or a part of it.
   *
   * @param padding bytes of padding, the length field included; they count against the windows (RFC
   *     9113 section 6.9.1)
   */
  void onData(int streamId, ByteBuf data, int padding, boolean endOfStream);

  void onRstStream(int streamId, long errorCode);

  /**
   * One SETTINGS_HEADER_TABLE_SIZE, before the {@link #onSettings} of its frame. A frame may
   * contain several, and the smallest of them matters as well as the last (RFC 9113 section 6.5.3,
   * RFC 7541 section 4.2), which {@link Http2Settings} does not keep.
   */
  void onHeaderTableSize(long bytes);

  void onSettings(Http2Settings settings);

  /** Needs no action: our settings only raise limits, or are enforced from the start. */
  default void onSettingsAck() {}

  void onPing(long payload);

  default void onPingAck(long payload) {}

  void onGoAway(int lastStreamId, long errorCode, ByteBuf debugData);

  void onWindowUpdate(int streamId, int increment);

  /**
   * A stream error (RFC 9113 section 5.4.2): the connection goes on.
   *
   * @param endOfStream whether the frame had END_STREAM: then no RST_STREAM is due
   */
  void onStreamError(int streamId, long errorCode, String message, boolean endOfStream);

  /**
   * A header block whose list is larger than the limit. The connection goes on if the block was
   * decoded to its end, which keeps HPACK's table correct; otherwise {@link #onConnectionError}
   * follows.
   *
   * @param status the status of the call, which says what the limit is
   */
  void onHeadersOverLimit(int streamId, Status status, boolean endOfStream);

  /** A connection error (RFC 9113 section 5.4.1). */
  void onConnectionError(long errorCode, String message);
}
