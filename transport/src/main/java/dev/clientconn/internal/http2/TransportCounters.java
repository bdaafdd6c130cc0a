// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.http2.ErrorCounts.Frame;
import dev.clientconn.transport.TransportSnapshot.GoAway;
import dev.clientconn.transport.TransportSnapshot.State;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.Ticker;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Publishes a connection's figures to other threads. Only the loop writes them, with opaque stores,
 * windows and limits once at the end of a turn: they cost what plain stores do, and a reader sees
 * each figure whole, though not all figures from the same turn. {@link TransportReport} makes the
 * snapshot of them.
 */
@CrossesThreads
@SuppressWarnings("EnumOrdinal") // an index into this class's own arrays
final class TransportCounters {

  /** What is counted or measured. Totals only grow, the others go up and down. */
  enum Figure {
    /** When the state began that the age counts from, nanoseconds of the loop's clock. */
    SINCE,
    ACTIVE,
    LIMIT,
    WAITING,
    /** Since when the first of those waits, or {@link #NONE}. */
    WAITING_SINCE,
    OPENED,
    SEND_WINDOW,
    RECEIVE_WINDOW,
    /** What receive windows have grown to, 0 if they have not. */
    GROWN,
    ROUND_TRIP,
    /** Bytes of messages of all streams that are not framed. */
    QUEUED,
    /** Framed bytes that the channel does not have. */
    FRAMED,
    UNREAD,
    BYTES_SENT,
    BYTES_RECEIVED,
    MESSAGES_SENT,
    MESSAGES_RECEIVED
  }

  /** What happens rarely, so that most connections never count it. */
  enum RareFigure {
    REJECTED,
    PINGS,
    PING_NANOS,
    PING_TIMEOUTS,
    SETTINGS_CHANGES
  }

  /** In place of a limit or a time. */
  static final long NONE = -1;

  private static final AtomicLong NEXT_ID = new AtomicLong();
  private static final int FIGURES = Figure.values().length;
  private static final int RARE_FIGURES = RareFigure.values().length;

  private final long id = NEXT_ID.incrementAndGet();
  private final SocketAddress dialled;
  private final Ticker ticker;
  private volatile State state = State.CONNECTING;
  private volatile @Nullable Channel channel;
  private volatile @Nullable PeerSettings peerSettings;
  private volatile @Nullable GoAway goAway;
  private final AtomicLongArray figures = new AtomicLongArray(FIGURES);
  /** Created for the first. */
  private volatile @Nullable AtomicLongArray rare;
  /** Created for the first. */
  private volatile @Nullable ErrorCounts errors;

  TransportCounters(SocketAddress dialled, Ticker ticker) {
    this.dialled = dialled;
    this.ticker = ticker;
    set(Figure.LIMIT, NONE);
    set(Figure.WAITING_SINCE, NONE);
    set(Figure.SINCE, TurnClock.nanoTime(ticker));
  }

  long id() {
    return id;
  }

  /** The clock of the loop, which any thread may read. */
  long now() {
    return TurnClock.nanoTime(ticker);
  }

  // Written by the loop

  /** The channel is connected. It retains its addresses once it was asked for them. */
  void connected(Channel connected) {
    channel = connected;
    remote();
    local();
  }

  void state(State newState) {
    // A volatile write costs a fence, and the state changes three times in a connection's life.
    if (state != newState) {
      if (newState == State.READY) {
        set(Figure.SINCE, TurnClock.nanoTime(ticker));
      }
      state = newState;
    }
  }

  void peerSettings(PeerSettings settings) {
    if (peerSettings != null) {
      add(RareFigure.SETTINGS_CHANGES, 1);
    }
    peerSettings = settings;
  }

  void goAway(@Nullable GoAway received) {
    goAway = received;
  }

  void set(Figure figure, long value) {
    figures.setOpaque(figure.ordinal(), value);
  }

  void add(Figure figure, long more) {
    figures.setOpaque(figure.ordinal(), figures.getPlain(figure.ordinal()) + more);
  }

  void add(RareFigure figure, long more) {
    AtomicLongArray known = rare;
    if (known == null) {
      known = new AtomicLongArray(RARE_FIGURES);
      rare = known;
    }
    known.setOpaque(figure.ordinal(), known.getPlain(figure.ordinal()) + more);
  }

  /** Counts DATA that was framed, and whether it ends a message. */
  void framed(int bytes, boolean endsMessage) {
    add(Figure.QUEUED, -bytes);
    if (endsMessage) {
      add(Figure.MESSAGES_SENT, 1);
    }
  }

  /** Counts a ping that was acknowledged; {@code nanos} is 0 for none. */
  void pinged(long nanos, long mean) {
    if (nanos > 0) {
      set(Figure.ROUND_TRIP, mean);
      add(RareFigure.PINGS, 1);
      add(RareFigure.PING_NANOS, nanos);
    }
  }

  void count(Frame frame, long code) {
    ErrorCounts known = errors;
    if (known == null) {
      known = new ErrorCounts();
      errors = known;
    }
    known.count(frame, code);
  }

  // Read by any thread

  State state() {
    return state;
  }

  long get(Figure figure) {
    return figures.getOpaque(figure.ordinal());
  }

  long get(RareFigure figure) {
    AtomicLongArray known = rare;
    return known == null ? 0 : known.getOpaque(figure.ordinal());
  }

  @Nullable
  ErrorCounts errors() {
    return errors;
  }

  @Nullable
  PeerSettings peerSettings() {
    return peerSettings;
  }

  @Nullable
  GoAway goAway() {
    return goAway;
  }

  SocketAddress dialled() {
    return dialled;
  }

  @Nullable
  SocketAddress remote() {
    Channel known = channel;
    return known == null ? null : known.remoteAddress();
  }

  @Nullable
  SocketAddress local() {
    Channel known = channel;
    return known == null ? null : known.localAddress();
  }

  /** Bytes of frames that the socket has not taken. */
  long outboundBytes() {
    Channel known = channel;
    ChannelOutboundBuffer pending = known == null ? null : known.unsafe().outboundBuffer();
    return get(Figure.FRAMED) + (pending == null ? 0 : pending.totalPendingWriteBytes());
  }
}
