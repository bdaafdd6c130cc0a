// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.transport.TransportOptions.KeepaliveOptions;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * The pings of a connection: keepalive's, if it is on, those that measure the path, and what their
 * round trips took.
 */
@EventLoopConfined
final class Pings {

  /** What keepalive asks of the connection, outside any turn. */
  interface Connection {
    void sendPing(long payload);

    /** Nothing came back in time. */
    void onDead();
  }

  /** Keepalive's. */
  static final long KEEPALIVE_PING = 0;

  private final ReceiveWindows windows;
  private final TransportCounters counters;
  private final @Nullable Keepalive keepalive;

  Pings(
      EventLoop loop,
      @Nullable KeepaliveOptions options,
      ReceiveWindows windows,
      TransportCounters counters,
      Connection connection) {
    this.windows = windows;
    this.counters = counters;
    this.keepalive = options == null
        ? null
        : new Keepalive(
            loop, options, () -> connection.sendPing(KEEPALIVE_PING), connection::onDead);
  }

  /** The connection is ready. */
  void start() {
    if (keepalive != null) {
      keepalive.start();
    }
  }

  void stop() {
    if (keepalive != null) {
      keepalive.stop();
    }
  }

  void onRead() {
    if (keepalive != null) {
      keepalive.onRead();
    }
  }

  void onFirstStream() {
    if (keepalive != null) {
      keepalive.onActive();
    }
  }

  void onNoStream() {
    if (keepalive != null) {
      keepalive.onIdle();
    }
  }

  /** The server has said so: the channel's next connections ping half as often. */
  void tooMany() {
    if (keepalive != null) {
      keepalive.tooOften();
    }
  }

  /**
   * Returns whether the streams' windows have grown. An ack that nobody waits for means nothing.
   */
  boolean onAck(long payload) {
    if (payload == ReceiveWindows.BDP_PING) {
      boolean grown = windows.onPingAck();
      counters.roundTrip(windows.rttNanos());
      return grown;
    }
    if (payload == KEEPALIVE_PING && keepalive != null) {
      counters.roundTrip(keepalive.onAck());
    }
    return false;
  }
}
