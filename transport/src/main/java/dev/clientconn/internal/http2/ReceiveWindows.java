// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.flow.BdpEstimator;
import dev.clientconn.internal.flow.ConnInFlow;
import dev.clientconn.internal.flow.Window;
import dev.clientconn.internal.http2.frame.Framer;
import dev.clientconn.internal.transport.TransportOptions;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Settings;
import org.jspecify.annotations.Nullable;

/**
 * Decides how much the peer may send: the connection's receive window and the initial window of its
 * streams. Both grow to the bandwidth-delay product of the path, and never shrink, because the peer
 * may already be using what it was granted.
 */
@EventLoopConfined
final class ReceiveWindows {

  /** The payload of the estimator's pings; any that {@link Keepalive#PING} is not. */
  static final long BDP_PING = 0x6264_7020_7069_6e67L;

  private final EventLoop loop;
  private final Framer framer;
  private final int connectionStart;
  private final ConnInFlow connection = new ConnInFlow(Window.INITIAL);
  private final @Nullable BdpEstimator bdp;
  private int ofStreams;
  private int grown;

  ReceiveWindows(EventLoop loop, Framer framer, TransportOptions options) {
    this.loop = loop;
    this.framer = framer;
    this.connectionStart = options.connectionWindow();
    this.ofStreams = options.streamWindow();
    this.bdp = options.growWindows()
        ? new BdpEstimator(Math.max(options.streamWindow(), options.connectionWindow()))
        : null;
  }

  /** The connection's window starts at 65,535 whatever SETTINGS say (RFC 9113 section 6.9.2). */
  void open() {
    update(connection.raiseTo(connectionStart));
  }

  int ofStreams() {
    return ofStreams;
  }

  long ofConnection() {
    return connection.available();
  }

  /** What the windows have grown to, 0 if they have not. */
  int grown() {
    return grown;
  }

  /** How long the estimator's ping that is under way has taken, nanoseconds; 0 if none is. */
  long pingNanos() {
    return bdp == null ? 0 : bdp.pingNanos(loop.ticker().nanoTime());
  }

  /** The measured mean round trip, nanoseconds; 0 for none. */
  long rttNanos() {
    return bdp == null ? 0 : bdp.rttNanos();
  }

  /**
   * Counts received DATA, padding included. Returns false if it exceeds the connection's window.
   */
  boolean received(int bytes) {
    if (bdp != null) {
      bdp.onData(bytes);
    }
    return connection.received(bytes);
  }

  /**
   * Returns the connection's window at the end of a read, whether or not the application has
   * consumed the bytes: only the stream's window is back-pressure, so that one slow call does not
   * stop the others. Credit that is still in our buffer cannot have been used by the peer, so it
   * counts as granted only now.
   */
  void endRead() {
    int credit = connection.takeCredit();
    update(credit);
    if (credit > 0 && bdp != null && bdp.needsPing()) {
      // After the WINDOW_UPDATE: proxies count a ping as abuse unless another frame came before it.
      framer.writePing(BDP_PING);
      bdp.onPingSent(loop.ticker().nanoTime(), credit);
    }
  }

  /**
   * An estimator's ping came back. Returns whether the streams' windows have grown to
   * {@link #ofStreams}.
   */
  boolean onPingAck() {
    int product = bdp == null ? 0 : bdp.onPingAck(loop.ticker().nanoTime());
    if (product == 0) {
      return false;
    }
    grown = product;
    update(connection.raiseTo(product));
    if (product <= ofStreams) {
      return false;
    }
    ofStreams = product;
    // Moves the window of every open stream too (RFC 9113 section 6.9.2).
    framer.writeSettings(new Http2Settings().initialWindowSize(product));
    return true;
  }

  private void update(int credit) {
    if (credit > 0) {
      framer.writeWindowUpdate(0, credit);
    }
  }
}
