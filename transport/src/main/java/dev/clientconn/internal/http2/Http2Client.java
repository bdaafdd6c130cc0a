// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.http2.ControlBuffer.Command;
import dev.clientconn.internal.threading.EventLoopConfined;
import dev.clientconn.internal.transport.TransportOptions;
import dev.clientconn.internal.wire.HeaderBlock;
import dev.clientconn.transport.TransportSnapshot.State;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs one HTTP/2 connection, client side: the table of contents. Each frame is a method that finds the stream, calls the
 * part whose concern it is, and writes what the part returned. Owned by its event loop; {@link Http2Transport} is what
 * other threads call.
 */
@EventLoopConfined
final class Http2Client
    implements FrameListener, Streams.Connection, Turn.Connection, Pings.Connection {

  /** What carries the connection. */
  interface Link {
    /** The peer's first SETTINGS are here. Returns what is known of the peer. */
    Attributes settingsReceived();

    /** Closes the socket, or gives up connecting. {@link Http2Client#disconnected} follows. */
    void disconnect();
  }

  private static final Logger logger = Logger.getLogger(Http2Client.class.getName());

  private final TransportOptions options;
  private final TransportLifecycle lifecycle;
  private final TransportCounters counters;
  private final Link link;
  private final Framer framer;
  private final Streams streams;
  private final Turn turn;
  private final ReceiveWindows receiveWindows;
  private final GoAwayState goAway = new GoAwayState();
  private final ReplyThrottle replies = new ReplyThrottle();
  private final EmptyFrames emptyFrames = new EmptyFrames();
  private final Pings pings;
  private final Runnable endOfRead = this::endRead;
  private PeerSettings settings = PeerSettings.INITIAL;

  /**
   * @param link the way to the peer
   */
  Http2Client(
      EventLoop loop,
      TransportOptions options,
      TransportLifecycle lifecycle,
      TransportCounters counters,
      StreamTable table,
      Link link) {
    this.options = options;
    this.lifecycle = lifecycle;
    this.counters = counters;
    this.link = link;
    this.framer = new Framer();
    Batch batch = new Batch();
    this.receiveWindows = new ReceiveWindows(loop, framer, options);
    this.streams = new Streams(loop, options, this, framer, batch, table);
    this.turn = new Turn(loop, this, framer, batch);
    this.pings = new Pings(loop, options.keepalive(), receiveWindows, counters, this);
  }

  ControlBuffer control() {
    return turn.control();
  }

  // The connection's life

  /** The channel is up, TLS included: preface, SETTINGS, and the rest of our window (RFC 9113 section 3.4). */
  void connected(ChannelHandlerContext ctx) {
    turn.connected(ctx);
    framer.connected(ctx.alloc());
    counters.connected(ctx.channel().remoteAddress(), ctx.channel().localAddress());
    turn.run(this::sendPreface);
  }

  private void sendPreface() {
    framer.preface();
    framer.settings(new Http2Settings()
        .pushEnabled(false)
        .initialWindowSize(options.streamWindow())
        .maxHeaderListSize(options.maxInboundMetadataSize()));
    receiveWindows.open();
  }

  /** Bytes have arrived, which are decoded next. */
  void onRead() {
    pings.onRead();
  }

  /** A read has been decoded, or the socket has become writable. */
  @Override
  public void endTurn() {
    turn.run(endOfRead);
  }

  private void endRead() {
    if (!isClosed()) {
      receiveWindows.endRead();
    }
  }

  /** Nothing can be sent any more. What the peer sent before is read, and ends calls as it says. */
  void outputClosed(Status reason) {
    turn.stopWriting();
    if (lifecycle.state() != State.CONNECTING) {
      lifecycle.drain(reason);
      streams.failWaiting(reason);
      closeIfDrained();
    }
    turn.end();
  }

  /** Takes no new streams; those that wait for a slot still get theirs. */
  void closeWhenIdle(Status reason) {
    lifecycle.drain(reason);
    closeIfDrained();
  }

  /** Ends everything: sends GOAWAY, ends the streams; the owner is notified when the socket is closed. */
  void close(Status reason) {
    close(reason, Http2Error.NO_ERROR, "");
  }

  /** The peer's first bytes are not a server's preface (RFC 9113 section 3.4). */
  void rejectPeer(String complaint) {
    close(Status.UNAVAILABLE.withDescription(complaint), Http2Error.PROTOCOL_ERROR, complaint);
  }

  private void close(Status reason, Http2Error error, String debugData) {
    boolean wasConnected = lifecycle.state() != State.CONNECTING || turn.isSocketWritable();
    if (!lifecycle.close(reason)) {
      return;
    }
    try {
      if (wasConnected) {
        sendGoAway(error, debugData);
      }
      release(reason);
      turn.flush();
    } finally {
      link.disconnect();
      turn.end();
    }
  }

  private void sendGoAway(Http2Error error, String debugData) {
    try {
      // A client has accepted no stream of its peer, so the last one that it names is 0.
      framer.goAway(0, error.code(), debugData);
    } catch (Throwable thrown) {
      // Mostly for want of memory. GOAWAY is a courtesy; the end of the socket says the same.
      logger.log(Level.WARNING, "A connection is closed without GOAWAY", thrown);
      framer.close();
    }
  }

  /** The socket is closed, by whichever side. Nothing follows. */
  void disconnected(Status reason) {
    try {
      if (lifecycle.close(reason)) {
        release(reason);
      }
      turn.stopWriting();
      turn.end();
      framer.close();
    } finally {
      lifecycle.terminated();
    }
  }

  /**
   * Something was thrown on the loop: a defect, or want of memory. What was framed may end inside a frame, and the state
   * of HPACK and of the streams is not known, so nothing but GOAWAY is sent and the connection ends.
   */
  @Override
  public boolean failed(Throwable thrown) {
    logger.log(Level.SEVERE, "An HTTP/2 connection fails", thrown);
    if (isClosed()) {
      return false;
    }
    framer.close();
    Status reason = Status.UNAVAILABLE
        .withDescription("HTTP/2 connection error INTERNAL_ERROR: " + thrown)
        .withCause(thrown);
    close(reason, Http2Error.INTERNAL_ERROR, "");
    return true;
  }

  private void release(Status reason) {
    pings.stop();
    streams.failAll(goAway.explain(reason));
  }

  private void closeIfDrained() {
    if (lifecycle.state() == State.DRAINING && streams.none()) {
      close(lifecycle.reason());
    }
  }

  @Override
  public void sendPing(long payload) {
    turn.run(() -> framer.ping(payload));
  }

  @Override
  public void onDead() {
    close(Status.UNAVAILABLE.withDescription(
        "keepalive ping failed to receive ACK within timeout: the connection is dead"));
  }

  // Frames

  @Override
  public void onHeaders(int streamId, HeaderBlock block, boolean endOfStream) {
    Http2Stream stream = find(streamId, "HEADERS");
    if (stream != null) {
      streams.headers(stream, block, endOfStream);
    }
  }

  @Override
  public void onData(int streamId, ByteBuf data, int padding, boolean endOfStream) {
    if (!receiveWindows.received(data.readableBytes() + padding)) {
      fail(Http2Error.FLOW_CONTROL_ERROR, "DATA exceeds the connection's window");
      return;
    }
    if (!emptyFrames.allows(data.readableBytes() + padding, endOfStream)) {
      fail(Http2Error.ENHANCE_YOUR_CALM, "too many empty DATA frames in a row");
      return;
    }
    Http2Stream stream = find(streamId, "DATA");
    if (stream != null) {
      streams.data(stream, data, padding, endOfStream);
    }
  }

  @Override
  public void onRstStream(int streamId, long errorCode) {
    Http2Stream stream = find(streamId, "RST_STREAM");
    if (stream != null) {
      Status status = goAway.explain(Http2Status.ofReset(errorCode));
      streams.end(stream, status, Http2Status.progressOfReset(errorCode), new Metadata());
    }
  }

  @Override
  public void onHeaderTableSize(long bytes) {
    framer.peerHeaderTableSize(bytes);
  }

  @Override
  public void onSettings(Http2Settings frame) {
    settings = settings.merge(frame);
    if (!streams.apply(settings)) {
      fail(Http2Error.FLOW_CONTROL_ERROR, "SETTINGS makes a stream's window exceed 2^31-1");
      return;
    }
    if (mayReply()) {
      framer.settingsAck();
      if (lifecycle.state() == State.CONNECTING) {
        if (turn.canWrite()) {
          ready();
        }
      } else {
        streams.admitWaiting();
      }
    }
  }

  private void ready() {
    lifecycle.ready(link.settingsReceived());
    pings.start();
  }

  @Override
  public void onPing(long payload) {
    if (mayReply()) {
      framer.pingAck(payload);
    }
  }

  @Override
  public void onPingAck(long payload) {
    if (!isClosed() && pings.onAck(payload)) {
      streams.raiseReceiveWindow(receiveWindows.ofStreams());
    }
  }

  @Override
  public void onGoAway(int lastStreamId, long errorCode, ByteBuf debugData) {
    String wrong = goAway.received(lastStreamId, errorCode, debugData);
    if (wrong != null) {
      fail(Http2Error.PROTOCOL_ERROR, wrong);
      return;
    }
    if (goAway.isTooManyPings()) {
      logger.log(Level.WARNING, "The server complains of too many pings: raise keepAliveTime");
      pings.tooMany();
    }
    // The owner first, so that what is retried is not picked onto this connection again.
    lifecycle.drain(goAway.status());
    streams.rejectAbove(goAway);
    closeIfDrained();
  }

  @Override
  public void onWindowUpdate(int streamId, int increment) {
    if (streamId == 0) {
      if (!streams.sendQuota().connection().tryIncrease(increment)) {
        fail(Http2Error.FLOW_CONTROL_ERROR, "WINDOW_UPDATE makes the window exceed 2^31-1");
      }
      return;
    }
    Http2Stream stream = find(streamId, "WINDOW_UPDATE");
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
    fail(error(errorCode), message);
  }

  private static Http2Error error(long code) {
    Http2Error error = Http2Error.valueOf(code);
    return error == null ? Http2Error.INTERNAL_ERROR : error;
  }

  /** A frame for a stream that is over is ignored; for one that never was, it is an error (section 5.1). */
  private @Nullable Http2Stream find(int streamId, String frame) {
    Http2Stream stream = streams.table().find(streamId);
    if (stream == null && streams.table().isIdle(streamId)) {
      fail(Http2Error.PROTOCOL_ERROR, frame + " for stream " + streamId + ", which is idle");
    }
    return stream;
  }

  // What the streams and the turn ask for

  @Override
  public void apply(Command command) {
    try {
      command.apply(this);
    } catch (Throwable thrown) {
      failed(thrown);
      command.abandon(this, lifecycle.reason());
    }
  }

  Streams streams() {
    return streams;
  }

  @Override
  public @Nullable Status refusal() {
    if (lifecycle.isReady()) {
      return null;
    }
    return lifecycle.reason().isOk()
        ? Status.UNAVAILABLE.withDescription("the connection is not ready yet")
        : lifecycle.reason();
  }

  @Override
  public boolean isClosed() {
    return lifecycle.isClosed();
  }

  private void fail(Http2Error error, String message) {
    close(
        Status.UNAVAILABLE.withDescription("HTTP/2 connection error " + error + ": " + message),
        error,
        message);
  }

  @Override
  public boolean mayReply() {
    if (lifecycle.isClosed()) {
      return false;
    }
    if (!replies.allows(turn.isSocketWritable())) {
      fail(Http2Error.ENHANCE_YOUR_CALM, "replies are provoked and not read");
      return false;
    }
    return true;
  }

  @Override
  public Status explain(Status status) {
    return goAway.explain(status);
  }

  @Override
  public void onFirstStream() {
    pings.onFirstStream();
  }

  @Override
  public void onNoStream() {
    pings.onNoStream();
    closeIfDrained();
  }

  @Override
  public void onExhausted() {
    Status reason = Status.UNAVAILABLE.withDescription("the connection has used up its stream ids");
    lifecycle.drain(reason);
    streams.failWaiting(reason);
  }

  @Override
  public void writeData(int bufferLimit) {
    streams.loopy().write(framer, bufferLimit);
  }

  @Override
  public boolean hasData() {
    return streams.loopy().hasWork();
  }

  @Override
  public void publish() {
    counters.state(lifecycle.state());
    counters.streams(
        streams.table().active(),
        streams.quota().limit(),
        streams.quota().waiting(),
        streams.table().opened());
    counters.windows(streams.sendQuota().connection().size(), receiveWindows.ofConnection());
  }
}
