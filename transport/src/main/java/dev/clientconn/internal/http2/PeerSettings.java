// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.flow.Window;
import io.netty.handler.codec.http2.Http2Settings;

/**
 * Holds the peer's settings (RFC 9113 section 6.5.2) as far as it has sent them. The frame reader
 * has checked the values. SETTINGS_MAX_FRAME_SIZE is not needed: it is at least 16 KiB, and no
 * frame sent here is longer. SETTINGS_HEADER_TABLE_SIZE goes to the header encoder.
 *
 * @param maxConcurrentStreams {@link #UNLIMITED} until the peer limits it
 * @param initialWindowSize send window of a stream, bytes
 * @param maxHeaderListSize {@link Long#MAX_VALUE} until the peer limits it
 */
record PeerSettings(long maxConcurrentStreams, int initialWindowSize, long maxHeaderListSize) {

  /** No limit has been set (RFC 9113 section 6.5.2). */
  static final long UNLIMITED = 0xFFFF_FFFFL;

  static final PeerSettings INITIAL = new PeerSettings(UNLIMITED, Window.INITIAL, Long.MAX_VALUE);

  /** Returns the settings after a frame: what the frame does not name is unchanged. */
  PeerSettings merge(Http2Settings frame) {
    return new PeerSettings(
        orElse(frame.maxConcurrentStreams(), maxConcurrentStreams),
        frame.initialWindowSize() == null ? initialWindowSize : frame.initialWindowSize(),
        orElse(frame.maxHeaderListSize(), maxHeaderListSize));
  }

  private static long orElse(Long value, long otherwise) {
    return value == null ? otherwise : value;
  }
}
