// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.flow.Window;
import io.netty.handler.codec.http2.Http2Settings;

/**
 * Holds what the peer has set by its SETTINGS frames so far (RFC 9113 section 6.5.2). Values have
 * been checked by the frame reader. SETTINGS_MAX_FRAME_SIZE is not kept: it is 16 KiB at least, and
 * frames here are never longer. SETTINGS_HEADER_TABLE_SIZE is the encoder's.
 *
 * @param maxConcurrentStreams {@link StreamQuota#UNLIMITED} until the peer limits it
 * @param initialWindowSize send window of a stream, bytes
 * @param maxHeaderListSize {@link Long#MAX_VALUE} until the peer limits it
 */
record PeerSettings(long maxConcurrentStreams, int initialWindowSize, long maxHeaderListSize) {

  static final PeerSettings INITIAL =
      new PeerSettings(StreamQuota.UNLIMITED, Window.INITIAL, Long.MAX_VALUE);

  /** The settings after a frame: what it does not name stays as it was. */
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
