// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.http2.TransportCounters.Figure;
import dev.clientconn.internal.http2.connect.ConnectAttempt;
import dev.clientconn.internal.http2.connect.DisconnectError;
import dev.clientconn.internal.transport.TransportObserver;
import dev.clientconn.transport.ChannelTotals.ConnectOutcome;
import dev.clientconn.transport.TransportEvent.Kind;
import dev.clientconn.transport.TransportSnapshot.GoAway;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** Notifies the channel's observer of what happens to a connection, in its totals' terms. */
@EventLoopConfined
final class ConnectionReport {

  private final TransportCounters counters;
  private final TransportLifecycle lifecycle;
  private final TransportObserver observer;
  private boolean ready;
  /** The channel has ended the connection. */
  private boolean shutDown;

  private boolean pingTimedOut;

  ConnectionReport(TransportCounters counters, TransportLifecycle lifecycle) {
    this.counters = counters;
    this.lifecycle = lifecycle;
    this.observer = lifecycle.observer();
  }

  void ready(ConnectAttempt attempt, boolean resumed) {
    ready = true;
    handshakeEnded(attempt, resumed);
    observer.attemptEnded(counters.id(), ConnectOutcome.SUCCESS, age(), counters.dialled());
  }

  /**
   * The channel ends the connection. No reason where it ends already: policies shut a subchannel
   * down because they are notified of that.
   */
  void shutDown() {
    shutDown |= !lifecycle.isDraining() && !lifecycle.isClosed();
  }

  void pingTimedOut() {
    pingTimedOut = true;
    counters.add(TransportCounters.RareFigure.PING_TIMEOUTS, 1);
  }

  void settings(PeerSettings settings) {
    PeerSettings before = counters.peerSettings();
    counters.peerSettings(settings);
    if (before != null && !before.equals(settings)) {
      observer.event(Kind.SETTINGS_CHANGED, counters.id(), settings.describe());
    }
  }

  void goAway(@Nullable GoAway received, @Nullable String description) {
    if (received != null) {
      counters.goAway(received);
      observer.event(
          Kind.GOAWAY, counters.id(), description + ", last stream " + received.lastStreamId());
    }
  }

  void connectionError(Status reason) {
    observer.event(Kind.CONNECTION_ERROR, counters.id(), describe(reason));
  }

  /** The connection's last event. */
  void ended(ConnectAttempt attempt, Status reason) {
    if (ready) {
      observer.disconnected(counters.id(), disconnectError(attempt), age(), describe(reason));
    } else {
      handshakeEnded(attempt, false);
      ConnectOutcome outcome = shutDown ? ConnectOutcome.CANCELLED : attempt.failure();
      observer.attemptEnded(counters.id(), outcome, age(), describe(reason));
    }
  }

  private void handshakeEnded(ConnectAttempt attempt, boolean resumed) {
    String result = attempt.handshakeResult();
    if (result != null && !shutDown) {
      observer.handshakeEnded(result, resumed);
    }
  }

  private String disconnectError(ConnectAttempt attempt) {
    GoAway goAway = counters.goAway();
    if (goAway != null) {
      return DisconnectError.goAway(goAway.code());
    }
    if (shutDown) {
      return DisconnectError.SUBCHANNEL_SHUTDOWN;
    }
    return pingTimedOut ? DisconnectError.TIMED_OUT : DisconnectError.of(attempt.cause());
  }

  private long age() {
    return counters.now() - counters.get(Figure.SINCE);
  }

  private static String describe(Status status) {
    return String.valueOf(status.getDescription());
  }
}
