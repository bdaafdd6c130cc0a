// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.flow.SendQuota;
import dev.clientconn.internal.transport.WaitCounters;
import dev.clientconn.transport.WaitCause;
import org.jspecify.annotations.Nullable;

/**
 * Splits the life of each stream of a connection, without a gap, into what it waits for. A stream
 * is in one phase at a time; each change of phase adds the time since the last one to a cause.
 *
 * <p>An ordinary call is created, queued and sent in one turn, and then waits for the server: it
 * costs a few stores and no object. A stream that is still queued when its turn ends is settled: it
 * gets an object for its times, and joins the others in a {@link SharedWait}.
 */
@EventLoopConfined
final class StreamWaits {
  /** The stream waits for nothing any more. */
  static final byte ENDED = 0;
  /** It exists, and this turn has yet to decide what it waits for. */
  static final byte CREATED = 1;
  /** It has no HEADERS on the wire. */
  static final byte UNOPENED = 2;
  /** {@link LoopyWriter} has queued it. */
  static final byte QUEUED = 3;
  /** It has bytes to send, and no window of its own. */
  static final byte NO_WINDOW = 4;
  /** It has nothing to send, and the application has to go on. */
  static final byte APPLICATION = 5;
  /**
   * It has nothing to send, and the application got messages: until it has taken them it waits for
   * the application, then for the server. When that changes is known only afterwards.
   */
  static final byte DELIVERED = 6;
  /** It has nothing to send, and the server has to go on. */
  static final byte SERVER = 7;

  /** The causes of phases that have one; the others depend on the connection. */
  private static final @Nullable WaitCause[] CAUSES = {
    null,
    WaitCause.TURN,
    null,
    null,
    WaitCause.STREAM_WINDOW,
    WaitCause.APPLICATION,
    null,
    WaitCause.SERVER
  };

  private final TurnClock clock;
  private final SocketWriter socket;
  private final SendQuota sendQuota;
  private final WaitCounters totals = new WaitCounters();
  private final SharedWait unopened;
  private final SharedWait queued;

  StreamWaits(TurnClock clock, SocketWriter socket, SendQuota sendQuota) {
    this.clock = clock;
    this.socket = socket;
    this.sendQuota = sendQuota;
    this.unopened = new SharedWait(totals, WaitCause.STREAM_SLOT, WaitCause.SOCKET, null);
    this.queued =
        new SharedWait(totals, WaitCause.CONNECTION_WINDOW, WaitCause.SOCKET, WaitCause.TURN);
  }

  // What happens to a stream

  void created(StreamState stream) {
    stream.enterPhase(CREATED, clock.now());
  }

  /**
   * The stream waits to be opened.
   *
   * @param full whether no slot is free; otherwise the socket takes no HEADERS
   */
  void waitsToOpen(StreamState stream, boolean full) {
    long now = clock.now();
    unopened.changeTo(full ? WaitCause.STREAM_SLOT : WaitCause.SOCKET, now);
    unopened.join(stream.createTimes(), now);
    stream.enterPhase(UNOPENED, now);
  }

  /** The HEADERS of a streaming call have been framed. */
  void opened(StreamState stream) {
    if (stream.sendQueue.isEmpty() && !stream.sendQueue.isEnded()) {
      change(stream, APPLICATION);
    }
  }

  /** The stream has been queued to send. */
  void queued(StreamState stream) {
    if (stream.phase() != QUEUED) {
      change(stream, QUEUED);
    }
  }

  /** The stream has bytes to send, and no window. */
  void lacksWindow(StreamState stream) {
    if (stream.phase() != NO_WINDOW) {
      change(stream, NO_WINDOW);
    }
  }

  /** All that the application has written has been framed. */
  void sent(StreamState stream) {
    if (!stream.sendQueue.isEnded() && stream.clientStream().hasOneResponse()) {
      // The server responds when the request has ended.
      change(stream, APPLICATION);
    } else {
      change(stream, stream.hasResponse() && isBehind(stream) ? DELIVERED : SERVER);
    }
  }

  /**
   * Events are about to be delivered to the call. Measures now whether the application has taken
   * the earlier ones: once more are queued, it would seem to have been busy with them all the time.
   */
  void beforeDelivery(StreamState stream) {
    if (stream.phase() == DELIVERED) {
      change(stream, DELIVERED);
    }
  }

  /** Messages were delivered to the call. */
  void delivered(StreamState stream) {
    byte phase = stream.phase();
    if (phase < APPLICATION) {
      return;
    }
    if (!stream.sendQueue.isEnded()) {
      change(stream, APPLICATION);
    } else if (phase != APPLICATION) {
      // Otherwise the stream lacks demand, and waits for the application until there is some.
      change(stream, DELIVERED);
    }
  }

  /** A message cannot arrive completely before the application requests it. */
  void lacksDemand(StreamState stream) {
    if (stream.phase() >= DELIVERED) {
      change(stream, APPLICATION);
    }
  }

  /** The application has requested the message. */
  void demanded(StreamState stream) {
    if (stream.phase() == APPLICATION && stream.sendQueue.isEnded()) {
      change(stream, isBehind(stream) ? DELIVERED : SERVER);
    }
  }

  /**
   * The stream ends now. Returns what it waited for last.
   *
   * @param passTimes whether its call needs the times
   */
  WaitCause end(StreamState stream, boolean passTimes) {
    WaitCause last = blockedOn(stream);
    long now = clock.now();
    byte phase = stream.phase();
    WaitCause own = CAUSES[phase];
    boolean kept = own != null && phase != CREATED;
    if (kept) {
      // The usual case: its time is passed on as it is, and needs no object.
      totals.end(last, 1, now);
    } else {
      leavePhase(stream, now);
    }
    if (passTimes) {
      StreamTimes times = stream.times();
      stream
          .listener()
          .onTimes(times == null ? null : times.nanos(), last, kept ? stream.since() : now, now);
    }
    stream.endPhases();
    return last;
  }

  /**
   * Adds to the totals what the stream has waited so far, where they do not have it: what it waited
   * for is known only afterwards. Not within a turn.
   */
  void addTimeSoFar(StreamState stream) {
    if (stream.phase() == DELIVERED) {
      change(stream, DELIVERED);
      clock.endTurn();
    }
  }

  /** The connection has ended, and all of its streams. */
  void endAll() {
    totals.endAll(clock.now());
  }

  private void change(StreamState stream, byte next) {
    long now = clock.now();
    leavePhase(stream, now);
    stream.enterPhase(next, now);
    WaitCause cause = CAUSES[next];
    if (cause != null) {
      totals.begin(cause, 1, now);
    }
  }

  /** Adds the time since the stream entered its phase to what it waited for. */
  private void leavePhase(StreamState stream, long now) {
    byte phase = stream.phase();
    StreamTimes times = stream.times();
    long since = stream.since();
    if (times != null && times.shared != null) {
      times.shared.leave(times, since, now);
      return;
    }
    WaitCause cause = CAUSES[phase];
    if (now == since) {
      if (cause != null && phase != CREATED) {
        totals.undo(cause, now);
      }
      return;
    }
    if (phase == DELIVERED) {
      long until = stream.listener().behindUntil(since, now);
      addEnded(stream, WaitCause.APPLICATION, until - since);
      addEnded(stream, WaitCause.SERVER, now - until);
    } else if (cause == null || phase == CREATED) {
      addEnded(stream, WaitCause.TURN, now - since);
    } else {
      totals.end(cause, 1, now);
      stream.createTimes().add(cause, now - since);
    }
  }

  private void addEnded(StreamState stream, WaitCause cause, long nanos) {
    if (nanos > 0) {
      totals.add(cause, nanos);
      stream.createTimes().add(cause, nanos);
    }
  }

  // The end of a turn

  /**
   * Finds what the queues wait for from now on.
   *
   * @param full whether no slot is free
   */
  void update(boolean full) {
    if (!unopened.isEmpty()) {
      unopened.changeTo(full ? WaitCause.STREAM_SLOT : WaitCause.SOCKET, clock.now());
    }
    WaitCause cause = causeOfQueue();
    if (cause != queued.cause()) {
      queued.changeTo(cause, clock.now());
    }
  }

  /** A queued stream was not sent in the turn in which it was queued. After {@link #update}. */
  void settle(StreamState stream) {
    if (stream.phase() == QUEUED) {
      StreamTimes times = stream.createTimes();
      if (times.shared == null) {
        queued.join(times, stream.since());
      }
    }
  }

  void endTurn() {
    clock.endTurn();
  }

  // Figures

  WaitCounters totals() {
    return totals;
  }

  SendQuota sendQuota() {
    return sendQuota;
  }

  TurnClock clock() {
    return clock;
  }

  /** What the stream waits for now. */
  WaitCause blockedOn(StreamState stream) {
    byte phase = stream.phase();
    WaitCause cause = CAUSES[phase];
    if (cause != null) {
      return cause;
    }
    return switch (phase) {
      case UNOPENED -> unopened.cause();
      case QUEUED -> causeOfQueue();
      default -> isBehind(stream) ? WaitCause.APPLICATION : WaitCause.SERVER;
    };
  }

  private WaitCause causeOfQueue() {
    if (sendQuota.connection().available() <= 0) {
      return WaitCause.CONNECTION_WINDOW;
    }
    return socket.isWritable() ? WaitCause.TURN : WaitCause.SOCKET;
  }

  /** Whether the application has not taken all that was delivered. */
  private static boolean isBehind(StreamState stream) {
    return stream.listener().behindUntil(0, Long.MAX_VALUE) == Long.MAX_VALUE;
  }
}
