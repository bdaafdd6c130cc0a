// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.flow.Window;
import dev.clientconn.internal.http2.frame.Framer;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Settings;

/**
 * Holds the peer's settings (RFC 9113 section 6.5.2) as far as it has sent them. The frame reader
 * has checked the values. The first and the fourth are for snapshots only: the header encoder has
 * its own copy of the table's size, and no frame sent here is longer than 16 KiB, which every peer
 * accepts.
 *
 * @param headerTableSize bytes of the HPACK table that the peer decodes with
 * @param maxConcurrentStreams {@link #UNLIMITED} until the peer limits it
 * @param initialWindowSize send window of a stream, bytes
 * @param maxFrameSize bytes of the largest frame that the peer accepts
 * @param maxHeaderListSize {@link Long#MAX_VALUE} until the peer limits it
 */
record PeerSettings(
    long headerTableSize,
    long maxConcurrentStreams,
    int initialWindowSize,
    int maxFrameSize,
    long maxHeaderListSize) {

  /** No limit has been set (RFC 9113 section 6.5.2). */
  static final long UNLIMITED = 0xFFFF_FFFFL;

  static final PeerSettings INITIAL = new PeerSettings(
      Http2CodecUtil.DEFAULT_HEADER_TABLE_SIZE,
      UNLIMITED,
      Window.INITIAL,
      Framer.MAX_PAYLOAD,
      Long.MAX_VALUE);

  /** Returns the settings after a frame: what the frame does not name is unchanged. */
  PeerSettings merge(Http2Settings frame) {
    return new PeerSettings(
        orElse(frame.headerTableSize(), headerTableSize),
        orElse(frame.maxConcurrentStreams(), maxConcurrentStreams),
        frame.initialWindowSize() == null ? initialWindowSize : frame.initialWindowSize(),
        frame.maxFrameSize() == null ? maxFrameSize : frame.maxFrameSize(),
        orElse(frame.maxHeaderListSize(), maxHeaderListSize));
  }

  String describe() {
    return "max concurrent streams "
        + (maxConcurrentStreams >= Integer.MAX_VALUE ? "unlimited" : maxConcurrentStreams)
        + ", initial window " + initialWindowSize
        + ", max header list "
        + (maxHeaderListSize == Long.MAX_VALUE ? "unlimited" : maxHeaderListSize);
  }

  private static long orElse(Long value, long otherwise) {
    return value == null ? otherwise : value;
  }
}
