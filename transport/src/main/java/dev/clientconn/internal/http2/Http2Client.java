// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.flow.SendQuota;
import dev.clientconn.internal.http2.ControlBuffer.Command;
import dev.clientconn.internal.http2.TransportCounters.Figure;
import dev.clientconn.internal.http2.connect.ConnectAttempt;
import dev.clientconn.internal.http2.frame.Framer;
import dev.clientconn.internal.transport.StreamSlots;
import dev.clientconn.internal.transport.TransportOptions;
import io.grpc.Attributes;
import io.grpc.Status;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import java.net.SocketAddress;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Runs one HTTP/2 connection, client side: creates its parts, carries out commands, and sequences
 * what concerns several parts, the connection's start and its end. Owned by its event loop; other
 * threads call {@link Http2ClientTransport}. {@link InboundFrames} applies the peer's frames.
 */
@EventLoopConfined
final class Http2Client {

  private static final Logger logger = Logger.getLogger(Http2Client.class.getName());

  private final TransportOptions options;
  private final TransportAttributes attributes;
  private final ConnectAttempt connectAttempt;
  private final Turn turn;
  private final Runnable endOfRead = this::endRead;

  // Shared with InboundFrames.
  final EventLoop loop;
  final TransportLifecycle lifecycle;
  final TransportCounters counters;
  final ConnectionReport report;
  final Framer framer;
  final StreamLifecycle streams;
  final ReceiveWindows receiveWindows;
  final Keepalive keepalive;
  final GoAwayState goAway = new GoAwayState();
  final FloodGuard floodGuard;
  final SendQuota sendQuota = new SendQuota();
  final StreamWaits waits;
  private final SocketWriter socket;

  Http2Client(
      EventLoop loop,
      SocketAddress address,
      TransportOptions options,
      TransportLifecycle lifecycle,
      TransportCounters counters,
      TransportAttributes attributes,
      ActiveStreams activeStreams) {
    this.loop = loop;
    this.options = options;
    this.lifecycle = lifecycle;
    this.counters = counters;
    this.report = new ConnectionReport(counters, lifecycle);
    this.attributes = attributes;
    this.connectAttempt = new ConnectAttempt(
        loop, address, options.connectTimeout(), this::close, this::disconnected);
    this.framer = new Framer(options.neverIndexedHeaders());
    this.socket = new SocketWriter(framer, counters);
    this.receiveWindows = new ReceiveWindows(loop, framer, options);
    this.keepalive = Keepalive.of(loop, options.keepalive(), this::sendPing, this::onDead);
    this.floodGuard = new FloodGuard(socket, this::onFlood);
    this.waits = new StreamWaits(new TurnClock(loop.ticker()), socket, sendQuota);
    PendingDeliveries deliveries = new PendingDeliveries(waits);
    this.streams = new StreamLifecycle(
        options,
        lifecycle,
        goAway,
        floodGuard,
        socket,
        keepalive,
        new DeadlineWheel(loop, this::expire),
        deliveries,
        activeStreams,
        counters,
        waits,
        this::failed);
    // Last: its control buffer may receive commands as soon as the transport is published.
    this.turn = new Turn(loop, this, streams.loopy, framer, socket, deliveries, waits);
  }

  ControlBuffer controlBuffer() {
    return turn.controlBuffer();
  }

  ConnectAttempt connectAttempt() {
    return connectAttempt;
  }

  // The connection's start

  /** The channel is up, TLS included: sends the preface (RFC 9113 section 3.4). */
  void connected(ChannelHandlerContext ctx) {
    socket.connected(ctx);
    framer.useAllocator(ctx.alloc());
    counters.connected(ctx.channel());
    turn.run(this::sendPreface);
  }

  private void sendPreface() {
    // No stream is opened before the peer's SETTINGS, although RFC 9113 section 3.4 allows it: it
    // would not know the peer's limits. The connection is ready when they have been applied.
    framer.writePreface();
    framer.writeSettings(new Http2Settings()
        .pushEnabled(false)
        .initialWindowSize(options.streamWindow())
        .maxHeaderListSize(options.maxInboundMetadataSize()));
    receiveWindows.open();
  }

  /** The peer's SETTINGS have been applied. The first ones make the connection ready. */
  void settingsApplied() {
    // If writing has failed already, the connection never becomes ready: it is about to end.
    if (lifecycle.isConnecting() && socket.canWrite()) {
      Attributes complete = attributes.onReady(connectAttempt);
      connectAttempt.ready();
      report.ready(connectAttempt, attributes.isResumed());
      lifecycle.ready(complete);
      keepalive.start();
    }
  }

  // Turns

  /** Bytes have arrived, which are decoded next. */
  void onRead() {
    keepalive.onRead();
  }

  /** A read has been decoded, or the socket has become writable. */
  void endTurn() {
    turn.run(endOfRead);
  }

  private void endRead() {
    if (!isClosed()) {
      // The credit for a whole read in one WINDOW_UPDATE.
      receiveWindows.endRead();
      streams.admitWaiting();
    }
  }

  /** Carries out a command of another thread; {@link Turn} calls it for each in order. */
  void apply(Command command) {
    try {
      // One command that throws must not keep the commands behind it from being applied.
      dispatch(command);
    } catch (Throwable thrown) {
      failed(thrown);
      if (command instanceof Http2ClientStream stream) {
        streams.abandon(stream, lifecycle.reason());
      }
    }
  }

  /** By class: the commands are data, so that nothing below this class depends on it. */
  private void dispatch(Command command) {
    if (command instanceof Http2ClientStream stream) {
      streams.open(stream);
    } else if (command instanceof Commands.WindowCredit credit) {
      streams.consumed(credit.stream.stream(), credit.bytes);
    } else if (command instanceof Commands.Write write) {
      streams.write(write.stream.stream(), write.message, write.endOfStream);
    } else if (command instanceof Commands.AdmitLargeMessage admit) {
      streams.admitLargeMessage(admit.stream.stream());
    } else if (command instanceof Commands.Cancel cancel) {
      streams.cancel(cancel.stream, cancel.reason);
    } else if (command instanceof Commands.Replace replace) {
      report.shutDown();
      drainWithoutWaiting(replace.reason);
    } else if (command instanceof Commands.CountStreams count) {
      countStreams(count.slots);
    } else if (command instanceof Commands.ReturnWaiting waiting) {
      streams.closer().closeWaiting(waiting.reason);
    } else if (command instanceof Commands.Shutdown shutdown) {
      shutdown(shutdown.reason, shutdown.now);
    }
  }

  private void countStreams(StreamSlots slots) {
    streams.quota().count(slots, streams.activeStreams().active());
    if (isClosed()) {
      slots.close();
    }
  }

  private void shutdown(Status reason, boolean now) {
    report.shutDown();
    if (now) {
      close(reason);
    } else {
      // No new streams; those that wait for a slot still get one.
      lifecycle.drain(reason);
    }
  }

  private void expire(List<DeadlineWheel.Timeout> expired) {
    // One turn for all: the RST_STREAM frames of a tick leave in one write.
    turn.run(() -> {
      for (DeadlineWheel.Timeout timeout : expired) {
        try {
          streams.expire((StreamState) timeout);
        } catch (Throwable thrown) {
          // The others are no longer armed: they end here, or with the connection.
          failed(thrown);
        }
      }
      // Not before: a stream that waits, and expires with the one whose slot it would get, must not
      // be opened only to be reset.
      streams.admitWaiting();
    });
  }

  private void sendPing() {
    turn.run(() -> framer.writePing(Keepalive.PING));
  }

  /** Publishes the connection's figures to other threads. */
  void publish() {
    counters.state(lifecycle.state());
    counters.set(Figure.ACTIVE, streams.activeStreams().active());
    counters.set(Figure.OPENED, streams.activeStreams().opened());
    streams.quota().publish(counters);
    counters.set(Figure.SEND_WINDOW, sendQuota.connection().size());
    counters.set(Figure.RECEIVE_WINDOW, receiveWindows.ofConnection());
    counters.set(Figure.GROWN, receiveWindows.grown());
    counters.set(Figure.FRAMED, framer.bufferedBytes());
    waits.update(streams.quota().isFull(streams.activeStreams().active()));
  }

  // The connection's end

  boolean isClosed() {
    return lifecycle.isClosed();
  }

  /** The peer has sent GOAWAY, which {@link #goAway} holds. */
  void goAwayReceived() {
    drainWithoutWaiting(goAway.status());
    streams.closer().closeAbove(goAway.lastStreamId(), goAway.status());
    // Before the rest of the read: what follows the end of all streams is ignored.
    closeIfDrained();
  }

  /** Nothing can be sent any more. What the peer sent before is still read and may end calls. */
  void outputClosed(Status reason) {
    socket.stop();
    if (!lifecycle.isConnecting()) {
      drainWithoutWaiting(reason);
      // Also here, because the write may have failed at the end of a turn.
      closeIfDrained();
    }
    turn.end();
  }

  /** The streams that wait for a slot would never get one, or get one sooner elsewhere. */
  private void drainWithoutWaiting(Status reason) {
    // The owner first, so that a call that is retried is not assigned to this connection again.
    lifecycle.drain(reason);
    streams.closer().closeWaiting(reason);
  }

  /**
   * Ends what is not needed without streams: the pings, and a connection that takes no new ones.
   * {@link Turn} calls it in every turn, so that it does not depend on how the last stream ended.
   */
  void checkStreams() {
    if (streams.isEmpty()) {
      keepalive.onIdle();
      closeIfDrained();
    }
  }

  private void closeIfDrained() {
    if (lifecycle.isDraining() && streams.isEmpty()) {
      close(lifecycle.reason());
    }
  }

  private void onDead() {
    report.pingTimedOut();
    close(Status.UNAVAILABLE.withDescription(
        "keepalive ping failed to receive ACK within timeout: the connection is dead"));
  }

  /** The peer's first bytes are not a server's preface (RFC 9113 section 3.4). */
  void rejectPeer(String complaint) {
    close(Status.UNAVAILABLE.withDescription(complaint), Http2Error.PROTOCOL_ERROR, complaint);
  }

  /** The peer has violated the protocol: an error of the connection (RFC 9113 section 5.4.1). */
  void fail(Http2Error error, String message) {
    close(
        Status.UNAVAILABLE.withDescription("HTTP/2 connection error " + error + ": " + message),
        error,
        message);
  }

  private void onFlood(String violation) {
    fail(Http2Error.ENHANCE_YOUR_CALM, violation);
  }

  /**
   * Fails the connection for what was thrown on the loop: a defect, or lack of memory. The framed
   * bytes may end inside a frame, and the state of HPACK and of the streams is unknown, so nothing
   * but GOAWAY is sent.
   */
  void failed(Throwable thrown) {
    logger.log(Level.SEVERE, "An HTTP/2 connection fails", thrown);
    if (isClosed()) {
      return;
    }
    framer.discard();
    Status reason = Status.UNAVAILABLE
        .withDescription("HTTP/2 connection error INTERNAL_ERROR: " + thrown)
        .withCause(thrown);
    close(reason, Http2Error.INTERNAL_ERROR, "");
  }

  private void close(Status reason) {
    close(reason, Http2Error.NO_ERROR, "");
  }

  /** Sends GOAWAY and ends all streams. The owner is notified when the socket is closed. */
  private void close(Status reason, Http2Error error, String debugData) {
    // GOAWAY also for a peer whose SETTINGS never came, as long as the socket takes it.
    boolean wasConnected = !lifecycle.isConnecting() || socket.isWritable();
    if (!lifecycle.close(reason)) {
      return;
    }
    if (error != Http2Error.NO_ERROR) {
      report.connectionError(reason);
    }
    // CLOSED from here on: whatever the streams' calls do in their callbacks, no frame follows.
    try {
      if (wasConnected) {
        sendGoAway(error, debugData);
      }
      release(reason);
      socket.flush();
    } finally {
      connectAttempt.disconnect();
      turn.end();
    }
  }

  private void sendGoAway(Http2Error error, String debugData) {
    try {
      // A client has accepted no stream of its peer, so the last one that it names is 0.
      framer.writeGoAway(0, error.code(), debugData);
      counters.count(ErrorCounts.Frame.GO_AWAY_SENT, error.code());
    } catch (Throwable thrown) {
      // Lack of memory, most likely. GOAWAY is optional: the peer sees the socket close anyway.
      logger.log(Level.WARNING, "A connection is closed without GOAWAY", thrown);
      framer.discard();
    }
  }

  private void release(Status reason) {
    // The timer first, so that it does not fire into a closed connection.
    keepalive.stop();
    // Calls that are retried must not be assigned to this connection again.
    streams.quota().closeSlots();
    streams.closer().closeAll(goAway.explain(reason));
  }

  /** The socket is closed, by whichever side: the connection's last event. */
  private void disconnected(Status reason) {
    try {
      // False where this side closed the connection: its streams have ended then.
      if (lifecycle.close(reason)) {
        release(reason);
      }
      socket.stop();
      // Commands that were put meanwhile are applied, and so end their calls, before the owner is
      // notified: it counts on a terminated connection having no calls left.
      turn.end();
      framer.discard();
      report.ended(connectAttempt, lifecycle.reason());
    } finally {
      lifecycle.terminated();
    }
  }
}
