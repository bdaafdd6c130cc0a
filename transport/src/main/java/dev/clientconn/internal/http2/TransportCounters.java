// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.flow.Window;
import dev.clientconn.transport.TransportSnapshot;
import dev.clientconn.transport.TransportSnapshot.State;
import java.net.SocketAddress;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Publishes a connection's figures to other threads. Only the loop writes them, with opaque stores,
 * most of them once at the end of a turn: they cost what plain stores do, and a reader sees each
 * figure whole, though not all figures from the same turn.
 */
@CrossesThreads
final class TransportCounters {

  private static final AtomicLong NEXT_ID = new AtomicLong();
  private static final long NO_LIMIT = -1;

  private static final int ACTIVE = 0;
  private static final int LIMIT = 1;
  private static final int WAITING = 2;
  private static final int OPENED = 3;
  private static final int SEND_WINDOW = 4;
  private static final int RECEIVE_WINDOW = 5;
  private static final int ROUND_TRIP = 6;
  private static final int NUMBERS = 7;

  private final long id = NEXT_ID.incrementAndGet();
  private final SocketAddress dialled;
  private volatile State state = State.CONNECTING;
  private volatile @Nullable SocketAddress remote;
  private volatile @Nullable SocketAddress local;
  private final AtomicLongArray numbers = new AtomicLongArray(NUMBERS);

  TransportCounters(SocketAddress dialled) {
    this.dialled = dialled;
    numbers.setOpaque(LIMIT, NO_LIMIT);
  }

  long id() {
    return id;
  }

  void connected(@Nullable SocketAddress remoteAddress, @Nullable SocketAddress localAddress) {
    remote = remoteAddress;
    local = localAddress;
  }

  @Nullable
  SocketAddress remote() {
    return remote;
  }

  @Nullable
  SocketAddress local() {
    return local;
  }

  void state(State newState) {
    // A volatile write costs a fence, and the state changes three times in a connection's life.
    if (state != newState) {
      state = newState;
    }
  }

  void streams(int nowActive, OptionalLong maximum, int nowWaiting, long openedSoFar) {
    numbers.setOpaque(ACTIVE, nowActive);
    numbers.setOpaque(LIMIT, maximum.orElse(NO_LIMIT));
    numbers.setOpaque(WAITING, nowWaiting);
    numbers.setOpaque(OPENED, openedSoFar);
  }

  void windows(long send, long receive) {
    numbers.setOpaque(SEND_WINDOW, send);
    numbers.setOpaque(RECEIVE_WINDOW, receive);
  }

  /**
   * @param nanos 0 leaves the figure unchanged
   */
  void roundTrip(long nanos) {
    if (nanos > 0) {
      numbers.setOpaque(ROUND_TRIP, nanos);
    }
  }

  TransportSnapshot snapshot() {
    long rtt = numbers.getOpaque(ROUND_TRIP);
    long max = numbers.getOpaque(LIMIT);
    // The dialled address until it is connected, and where Netty reports no other.
    SocketAddress peer = remote;
    return new TransportSnapshot(
        id,
        state,
        peer == null ? dialled : peer,
        local,
        null,
        0,
        new TransportSnapshot.Settings(
            4096, OptionalLong.of(0), Window.INITIAL, 16_384, OptionalLong.empty()),
        null,
        new TransportSnapshot.Streams(
            (int) numbers.getOpaque(ACTIVE),
            max == NO_LIMIT ? OptionalLong.empty() : OptionalLong.of(max),
            (int) numbers.getOpaque(WAITING),
            OptionalLong.empty()),
        new TransportSnapshot.Window(
            numbers.getOpaque(SEND_WINDOW),
            numbers.getOpaque(RECEIVE_WINDOW),
            OptionalLong.empty(),
            OptionalLong.empty(),
            0),
        new TransportSnapshot.Buffered(0, 0, 0),
        rtt == 0 ? OptionalLong.empty() : OptionalLong.of(rtt),
        TransportSnapshot.Counters.NONE,
        null,
        new TransportSnapshot.Loop(0, OptionalLong.empty()));
  }
}
