// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.transport.TransportSnapshot.GoAway;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Validates and stores the content of the peer's GOAWAY frames (RFC 9113 section 6.8). There may be
 * several; their last stream ids must not increase.
 */
@EventLoopConfined
final class GoAwayState {

  /** The peer chooses the debug data, so statuses quote no more than this many bytes of it. */
  static final int MAX_DEBUG_DATA = 256;

  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\u2028\u2029]");

  private static final String TOO_MANY_PINGS = "too_many_pings";

  private int lastStreamId = Integer.MAX_VALUE;
  private boolean tooManyPings;
  private @Nullable GoAway last;

  /** Stores a frame. Returns what is wrong with it, or {@code null}. */
  @Nullable
  String received(int lastId, long errorCode, ByteBuf debugBytes) {
    int length = Math.min(debugBytes.readableBytes(), MAX_DEBUG_DATA);
    // The peer's text must not be able to add lines to a log.
    String debugData = CONTROL
        .matcher(debugBytes.toString(debugBytes.readerIndex(), length, StandardCharsets.UTF_8))
        .replaceAll(" ");
    if (lastId > lastStreamId) {
      return "GOAWAY raises its last stream id from " + lastStreamId + " to " + lastId;
    }
    if (lastId != 0 && lastId != Integer.MAX_VALUE && (lastId & 1) == 0) {
      return "GOAWAY names stream " + lastId + ", which a client cannot have opened";
    }
    lastStreamId = lastId;
    tooManyPings |=
        errorCode == Http2Error.ENHANCE_YOUR_CALM.code() && debugData.equals(TOO_MANY_PINGS);
    last = new GoAway(Http2Status.name(errorCode), debugData, lastId);
    return null;
  }

  /** The peer will not process streams with higher ids: they may be sent on another connection. */
  int lastStreamId() {
    return lastStreamId;
  }

  /** The status of the streams the peer will not process, and of the transport. */
  Status status() {
    return Status.UNAVAILABLE.withDescription(
        "the server is closing the connection: " + (last == null ? "" : describe(last)));
  }

  /** What the last GOAWAY said, {@code null} before the first. */
  @Nullable
  String description() {
    return last == null ? null : describe(last);
  }

  /** The last GOAWAY, {@code null} before the first. */
  @Nullable
  GoAway last() {
    return last;
  }

  private static String describe(GoAway goAway) {
    String debugText = goAway.debugText();
    return "received GOAWAY with code " + goAway.code()
        + (debugText.isEmpty() ? "" : ", debug data \"" + debugText + "\"");
  }

  /** Adds to the status of a later failure that a GOAWAY came before it. */
  Status explain(Status status) {
    return last == null ? status : status.augmentDescription(describe(last));
  }

  /** Whether the peer has sent ENHANCE_YOUR_CALM with this debug data (gRFC A8). */
  boolean isTooManyPings() {
    return tooManyPings;
  }
}
