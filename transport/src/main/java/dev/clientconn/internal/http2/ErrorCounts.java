// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.netty.handler.codec.http2.Http2Error;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts RST_STREAM and GOAWAY frames by their error code. Only the loop writes. Codes that the RFC
 * does not have count together, because the peer can send any of 2^32.
 */
@CrossesThreads
final class ErrorCounts {

  enum Frame {
    RESET_SENT(0),
    RESET_RECEIVED(1),
    GO_AWAY_SENT(2),
    GO_AWAY_RECEIVED(3);

    private final int row;

    Frame(int row) {
      this.row = row;
    }
  }

  private static final Http2Error[] CODES = Http2Error.values();
  private static final int COUNTS = CODES.length + 1;
  private static final String OTHER = "OTHER";

  private final AtomicLongArray counts = new AtomicLongArray(Frame.values().length * COUNTS);

  void count(Frame frame, long code) {
    int place = code >= 0 && code < CODES.length ? (int) code : CODES.length;
    int index = frame.row * COUNTS + place;
    counts.setOpaque(index, counts.getPlain(index) + 1);
  }

  /** Returns the counts that are not 0 by the names of the codes, in the order of the codes. */
  Map<String, Long> of(Frame frame) {
    Map<String, Long> named = new LinkedHashMap<>();
    for (int place = 0; place < COUNTS; place++) {
      long count = counts.getOpaque(frame.row * COUNTS + place);
      if (count > 0) {
        named.put(place == CODES.length ? OTHER : CODES[place].name(), count);
      }
    }
    return Collections.unmodifiableMap(named);
  }
}
