// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.http2.frame.FrameListener;
import dev.clientconn.internal.http2.frame.Framer;
import dev.clientconn.internal.wire.HeaderBlock;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Applies the frames that the peer sends: each is a method that finds the stream, calls the part whose concern it is, and
 * writes the reply.
 */
@EventLoopConfined
final class InboundFrames implements FrameListener {

  /** What a frame can do to the connection. */
  interface Connection {
    boolean isClosed();

    /** Whether a frame that the peer has provoked may be sent; if not, the connection has just failed. */
    boolean mayReply();

    /** Adds what the connection knows to a stream's status: an earlier GOAWAY. */
    Status explain(Status status);

    /** The peer's SETTINGS have been applied and acknowledged: streams may open. */
    void settingsApplied();

    /** The peer has sent GOAWAY. */
    void goneAway();

    /** The peer has broken a rule of the connection. */
    void fail(Http2Error error, String message);
  }

  private static final Logger logger = Logger.getLogger(InboundFrames.class.getName());

  private final EventLoop loop;
  private final Connection connection;
  private final Framer framer;
  private final StreamLifecycle streams;
  private final ReceiveWindows receiveWindows;
  private final GoAwayState goAway;
  private final Pings pings;
  private final EmptyFrames emptyFrames = new EmptyFrames();
  private final WindowRaises windowRaises = new WindowRaises();
  private PeerSettings settings = PeerSettings.INITIAL;

  InboundFrames(
      EventLoop loop,
      Connection connection,
      Framer framer,
      StreamLifecycle streams,
      ReceiveWindows receiveWindows,
      GoAwayState goAway,
      Pings pings) {
    this.loop = loop;
    this.connection = connection;
    this.framer = framer;
    this.streams = streams;
    this.receiveWindows = receiveWindows;
    this.goAway = goAway;
    this.pings = pings;
  }

  @Override
  public boolean isClosed() {
    return connection.isClosed();
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
    if (!receiveWindows.received(data.readableBytes() + padding)) {
      connection.fail(Http2Error.FLOW_CONTROL_ERROR, "DATA exceeds the connection's window");
      return;
    }
    if (!emptyFrames.allows(data.readableBytes() + padding, endOfStream)) {
      connection.fail(Http2Error.ENHANCE_YOUR_CALM, "too many empty DATA frames in a row");
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
      Status status = connection.explain(Http2Status.ofReset(errorCode));
      streams.end(stream, status, Http2Status.progressOfReset(errorCode), new Metadata());
    }
  }

  @Override
  public void onHeaderTableSize(long bytes) {
    framer.peerHeaderTableSize(bytes);
  }

  @Override
  public void onSettings(Http2Settings frame) {
    int windowBefore = settings.initialWindowSize();
    settings = settings.merge(frame);
    if (settings.initialWindowSize() > windowBefore
        && !windowRaises.allows(loop.ticker().nanoTime())) {
      connection.fail(Http2Error.ENHANCE_YOUR_CALM, "SETTINGS raise the initial window too often");
      return;
    }
    if (!streams.apply(settings)) {
      connection.fail(
          Http2Error.FLOW_CONTROL_ERROR, "SETTINGS makes a stream's window exceed 2^31-1");
      return;
    }
    if (connection.mayReply()) {
      framer.settingsAck();
      connection.settingsApplied();
    }
  }

  @Override
  public void onPing(long payload) {
    if (connection.mayReply()) {
      framer.pingAck(payload);
    }
  }

  @Override
  public void onPingAck(long payload) {
    if (!connection.isClosed() && pings.onAck(payload)) {
      streams.raiseReceiveWindow(receiveWindows.ofStreams());
    }
  }

  @Override
  public void onGoAway(int lastStreamId, long errorCode, ByteBuf debugData) {
    boolean complainedBefore = goAway.isTooManyPings();
    String wrong = goAway.received(lastStreamId, errorCode, debugData);
    if (wrong != null) {
      connection.fail(Http2Error.PROTOCOL_ERROR, wrong);
      return;
    }
    if (goAway.isTooManyPings() && !complainedBefore) {
      logger.log(Level.WARNING, "The server complains of too many pings: raise keepAliveTime");
      pings.tooMany();
    }
    connection.goneAway();
  }

  @Override
  public void onWindowUpdate(int streamId, int increment) {
    if (streamId == 0) {
      if (!streams.sendQuota().connection().tryIncrease(increment)) {
        connection.fail(
            Http2Error.FLOW_CONTROL_ERROR, "WINDOW_UPDATE makes the window exceed 2^31-1");
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
    connection.fail(error(errorCode), message);
  }

  private static Http2Error error(long code) {
    Http2Error error = Http2Error.valueOf(code);
    return error == null ? Http2Error.INTERNAL_ERROR : error;
  }

  /** A frame for a stream that is over is ignored; for one that never was, it is an error (section 5.1). */
  private @Nullable StreamState find(int streamId, String frame) {
    StreamState stream = streams.table().find(streamId);
    if (stream == null && streams.table().isIdle(streamId)) {
      connection.fail(
          Http2Error.PROTOCOL_ERROR, frame + " for stream " + streamId + ", which is idle");
    }
    return stream;
  }
}
