// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.http2.ControlBuffer.Command;
import dev.clientconn.internal.http2.frame.FrameListener;
import dev.clientconn.internal.http2.frame.Framer;
import dev.clientconn.internal.transport.TransportOptions;
import dev.clientconn.transport.TransportSnapshot.State;
import io.grpc.Attributes;
import io.grpc.Status;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs one HTTP/2 connection, client side: the table of contents. Names its parts, and sequences what concerns several of
 * them: the connection's life and its end. Owned by its event loop; {@link Http2ClientTransport} is what other threads call.
 */
@EventLoopConfined
final class Http2Client
    implements InboundFrames.Connection,
        StreamLifecycle.Connection,
        Turn.Connection,
        Pings.Connection {

  /** What carries the connection. */
  interface Link {
    /** The peer's first SETTINGS are here. Returns what is known of the peer. */
    Attributes settingsReceived();

    /** Closes the socket, or gives up connecting. {@link Http2Client#disconnected} follows. */
    void disconnect();
  }

  /** Bytes of frames that wait for an unwritable socket, and above which no stream opens. */
  static final int MAX_HELD = 64 * 1024;

  private static final Logger logger = Logger.getLogger(Http2Client.class.getName());

  private final TransportOptions options;
  private final TransportLifecycle lifecycle;
  private final TransportCounters counters;
  private final Link link;
  private final Framer framer;
  private final StreamLifecycle streams;
  private final Turn turn;
  private final ReceiveWindows receiveWindows;
  private final GoAwayState goAway = new GoAwayState();
  private final ReplyThrottle replies = new ReplyThrottle();
  private final Pings pings;
  private final Runnable endOfRead = this::endRead;
  private final InboundFrames frames;

  /**
   * @param link the way to the peer
   */
  Http2Client(
      EventLoop loop,
      TransportOptions options,
      TransportLifecycle lifecycle,
      TransportCounters counters,
      ActiveStreams table,
      Link link) {
    this.options = options;
    this.lifecycle = lifecycle;
    this.counters = counters;
    this.link = link;
    this.framer = new Framer(options.neverIndexedHeaders());
    PendingDeliveries batch = new PendingDeliveries();
    this.receiveWindows = new ReceiveWindows(loop, framer, options);
    this.streams = new StreamLifecycle(loop, options, this, framer, batch, table);
    this.turn = new Turn(loop, this, framer, batch);
    this.pings = new Pings(loop, options.keepalive(), receiveWindows, counters, this);
    this.frames = new InboundFrames(loop, this, framer, streams, receiveWindows, goAway, pings);
  }

  ControlBuffer control() {
    return turn.control();
  }

  FrameListener frames() {
    return frames;
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
      streams.admitWaiting();
    }
  }

  /** Nothing can be sent any more. What the peer sent before is read, and ends calls as it says. */
  void outputClosed(Status reason) {
    turn.stopWriting();
    if (lifecycle.state() != State.CONNECTING) {
      lifecycle.drain(reason);
      streams.ends().waiting(reason);
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
      // Mostly for want of memory. GOAWAY is optional; the peer sees the socket close anyway.
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
    streams.ends().all(goAway.explain(reason));
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

  // What a frame of the peer can do

  @Override
  public void settingsApplied() {
    if (lifecycle.state() != State.CONNECTING) {
      streams.admitWaiting();
    } else if (turn.canWrite()) {
      lifecycle.ready(link.settingsReceived());
      pings.start();
    }
  }

  @Override
  public void goneAway() {
    // The owner first, so that what is retried is not picked onto this connection again.
    lifecycle.drain(goAway.status());
    streams.ends().waiting(goAway.status());
    streams.ends().above(goAway.lastStreamId(), goAway.status());
    closeIfDrained();
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

  StreamLifecycle streams() {
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

  @Override
  public void fail(Http2Error error, String message) {
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
  public @Nullable String detail() {
    return goAway.description();
  }

  /**
   * A peer that does not read must not have this side queue the HEADERS of all the calls that come: past a bound they wait
   * as for a slot, where a deadline or a cancel ends them and nothing is sent for it.
   */
  @Override
  public boolean takesHeaders() {
    return framer.buffered() < MAX_HELD || turn.isSocketWritable();
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
    streams.ends().waiting(reason);
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
