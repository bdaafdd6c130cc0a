// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.http2.frame.FrameListener;
import dev.clientconn.internal.http2.frame.Framer;
import dev.clientconn.internal.wire.HeaderBlock;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Applies the frames that the peer sends. Each {@code onXxx} method handles one frame type: it
 * finds the stream, calls the part that is responsible, and frames the reply.
 */
@EventLoopConfined
final class InboundFrames implements FrameListener {

  private static final Logger logger = Logger.getLogger(InboundFrames.class.getName());

  private final Http2Client client;
  private final Framer framer;
  private final StreamLifecycle streams;
  private final ReceiveWindows receiveWindows;
  private final GoAwayState goAway;
  private final FloodGuard floodGuard;
  private PeerSettings settings = PeerSettings.INITIAL;

  InboundFrames(Http2Client client) {
    this.client = client;
    this.framer = client.framer;
    this.streams = client.streams;
    this.receiveWindows = client.receiveWindows;
    this.goAway = client.goAway;
    this.floodGuard = client.floodGuard;
  }

  @Override
  public boolean isClosed() {
    return client.isClosed();
  }

  @Override
  public void onHeaders(int streamId, HeaderBlock block, boolean endOfStream) {
    StreamState stream = find(streamId, "HEADERS");
    if (stream != null) {
      streams.headers(stream, block, endOfStream);
    }
  }

  @Override
  public void onData(int streamId, ByteBuf data, int padding, boolean endOfStream) {
    // Counted before the stream is looked up: DATA for a closed stream uses the connection's window
    // as well (RFC 9113 section 6.9), and would shrink it for ever if it were dropped uncounted.
    if (!receiveWindows.received(data.readableBytes() + padding)) {
      client.fail(Http2Error.FLOW_CONTROL_ERROR, "DATA exceeds the connection's window");
      return;
    }
    if (!floodGuard.allowsData(data.readableBytes() + padding, endOfStream)) {
      return;
    }
    StreamState stream = find(streamId, "DATA");
    if (stream != null) {
      streams.data(stream, data, padding, endOfStream);
    }
  }

  @Override
  public void onRstStream(int streamId, long errorCode) {
    StreamState stream = find(streamId, "RST_STREAM");
    if (stream != null) {
      client.counters.count(ErrorCounts.Frame.RESET_RECEIVED, errorCode);
      streams.resetByPeer(stream, errorCode);
    }
  }

  @Override
  public void onHeaderTableSize(long bytes) {
    // Apart from onSettings: within one frame the value may change twice, and the encoder must
    // signal the smallest of them (RFC 7541 section 4.2).
    framer.peerHeaderTableSize(bytes);
  }

  @Override
  public void onSettings(Http2Settings frame) {
    // A frame changes only what it names; the rest stays in force (RFC 9113 section 6.5.3).
    int windowBefore = settings.initialWindowSize();
    settings = settings.merge(frame);
    client.report.settings(settings);
    if (settings.initialWindowSize() > windowBefore
        && !floodGuard.allowsWindowRaise(client.loop.ticker().nanoTime())) {
      return;
    }
    if (!streams.applySettings(settings)) {
      client.fail(Http2Error.FLOW_CONTROL_ERROR, "SETTINGS makes a stream's window exceed 2^31-1");
      return;
    }
    // Acknowledged after the values are in force (RFC 9113 section 6.5.3). The waiting streams that
    // a new limit admits are opened at the end of the read, and so behind it.
    if (floodGuard.allowsReply()) {
      framer.writeSettingsAck();
      client.settingsApplied();
    }
  }

  @Override
  public void onPing(long payload) {
    if (floodGuard.allowsReply()) {
      framer.writePingAck(payload);
    }
  }

  @Override
  public void onPingAck(long payload) {
    // Two kinds of pings are under way at a time, which their payloads distinguish. Any other
    // payload acknowledges nothing that was sent, and is ignored.
    if (payload == ReceiveWindows.BDP_PING) {
      long took = receiveWindows.pingNanos();
      boolean grown = receiveWindows.onPingAck();
      client.counters.pinged(took, receiveWindows.rttNanos());
      if (grown) {
        streams.raiseReceiveWindow(receiveWindows.ofStreams());
      }
    } else if (payload == Keepalive.PING) {
      long took = client.keepalive.onAck();
      client.counters.pinged(took, took);
    }
  }

  @Override
  public void onGoAway(int lastStreamId, long errorCode, ByteBuf debugData) {
    // A server may send several: the first to stop new streams, a later one with the id of the last
    // that it processes (RFC 9113 section 6.8). Only the first complaint lengthens the interval.
    client.counters.count(ErrorCounts.Frame.GO_AWAY_RECEIVED, errorCode);
    boolean complainedBefore = goAway.isTooManyPings();
    String wrong = goAway.received(lastStreamId, errorCode, debugData);
    if (wrong != null) {
      client.fail(Http2Error.PROTOCOL_ERROR, wrong);
      return;
    }
    client.report.goAway(goAway.last(), goAway.description());
    if (goAway.isTooManyPings() && !complainedBefore) {
      logger.log(
          Level.WARNING,
          "The server complains of too many pings: raise keepAliveTime (the property"
              + " keepalive.time with Spring)");
      client.keepalive.raiseInterval();
    }
    client.goAwayReceived();
  }

  @Override
  public void onWindowUpdate(int streamId, int increment) {
    if (streamId == 0) {
      // Nothing is scheduled here: the turn that ends this read writes whatever may be sent.
      if (!client.sendQuota.connection().tryIncrease(increment)) {
        client.fail(Http2Error.FLOW_CONTROL_ERROR, "WINDOW_UPDATE makes the window exceed 2^31-1");
      }
      return;
    }
    StreamState stream = find(streamId, "WINDOW_UPDATE");
    if (stream != null) {
      streams.windowUpdate(stream, increment);
    }
  }

  @Override
  public void onStreamError(int streamId, long errorCode, String message, boolean endOfStream) {
    Status status = Status.INTERNAL.withDescription("received an invalid frame: " + message);
    streams.frameFailed(streamId, status, error(errorCode), endOfStream);
  }

  @Override
  public void onHeadersOverLimit(int streamId, Status status, boolean endOfStream) {
    streams.frameFailed(streamId, status, Http2Error.CANCEL, endOfStream);
  }

  @Override
  public void onConnectionError(long errorCode, String message) {
    client.fail(error(errorCode), message);
  }

  /** Unknown codes are treated as INTERNAL_ERROR (RFC 9113 section 7). */
  private static Http2Error error(long code) {
    Http2Error error = Http2Error.valueOf(code);
    return error == null ? Http2Error.INTERNAL_ERROR : error;
  }

  /**
   * Finds the stream of a frame. Frames for a closed stream are ignored: they may have been sent
   * before the peer knew of its end. One for an idle stream is an error of the connection (RFC 9113
   * section 5.1).
   */
  private @Nullable StreamState find(int streamId, String frame) {
    StreamState stream = streams.activeStreams().find(streamId);
    if (stream == null && streams.activeStreams().isIdle(streamId)) {
      client.fail(Http2Error.PROTOCOL_ERROR, frame + " for stream " + streamId + ", which is idle");
    }
    return stream;
  }
}
