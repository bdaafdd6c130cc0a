// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.threading.CrossesThreads;
import dev.clientconn.transport.TransportSnapshot;
import dev.clientconn.transport.TransportSnapshot.State;
import java.net.SocketAddress;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of a connection that others may read. The loop alone writes them, once at the end of a turn, with opaque
 * stores that cost what plain ones do.
 */
@CrossesThreads
final class TransportCounters {

  private static final AtomicLong NEXT_ID = new AtomicLong();
  private static final long NO_LIMIT = -1;

  private final long id = NEXT_ID.incrementAndGet();
  private final SocketAddress dialled;
  private volatile State state = State.CONNECTING;
  private volatile @Nullable SocketAddress remote;
  private volatile @Nullable SocketAddress local;
  private final AtomicInteger active = new AtomicInteger();
  private final AtomicLong limit = new AtomicLong(NO_LIMIT);
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong opened = new AtomicLong();
  private final AtomicLong sendWindow = new AtomicLong();
  private final AtomicLong receiveWindow = new AtomicLong();
  private final AtomicLong roundTrip = new AtomicLong();

  TransportCounters(SocketAddress dialled) {
    this.dialled = dialled;
  }

  long id() {
    return id;
  }

  void connected(@Nullable SocketAddress remoteAddress, @Nullable SocketAddress localAddress) {
    remote = remoteAddress;
    local = localAddress;
  }

  void state(State newState) {
    if (state != newState) {
      state = newState;
    }
  }

  void streams(int nowActive, OptionalLong maximum, int nowWaiting, long openedSoFar) {
    active.setOpaque(nowActive);
    limit.setOpaque(maximum.orElse(NO_LIMIT));
    waiting.setOpaque(nowWaiting);
    opened.setOpaque(openedSoFar);
  }

  void windows(long send, long receive) {
    sendWindow.setOpaque(send);
    receiveWindow.setOpaque(receive);
  }

  /**
   * @param nanos 0 leaves it as it was
   */
  void roundTrip(long nanos) {
    if (nanos > 0) {
      roundTrip.setOpaque(nanos);
    }
  }

  TransportSnapshot snapshot() {
    long rtt = roundTrip.getOpaque();
    long max = limit.getOpaque();
    SocketAddress peer = remote;
    return new TransportSnapshot(
        id,
        state,
        peer == null ? dialled : peer,
        local,
        new TransportSnapshot.Streams(
            active.getOpaque(),
            max == NO_LIMIT ? OptionalLong.empty() : OptionalLong.of(max),
            waiting.getOpaque(),
            opened.getOpaque()),
        new TransportSnapshot.Window(sendWindow.getOpaque(), receiveWindow.getOpaque()),
        rtt == 0 ? OptionalLong.empty() : OptionalLong.of(rtt));
  }
}
