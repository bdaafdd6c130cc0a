// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.transport.KeepaliveTime;
import dev.clientconn.internal.transport.TransportOptions.KeepaliveOptions;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Pings a quiet connection, and reports it as dead if nothing at all arrives in time (gRFC A8). A
 * read only stores the time; the one timer compares and re-arms itself, so a busy connection
 * schedules nothing per read.
 */
@EventLoopConfined
final class Keepalive {

  private enum State {
    /** Keepalive is not configured, or the connection has ended. Never left. */
    OFF,
    /** Nothing is scheduled: no stream is open, and pings without calls are not wanted. */
    DORMANT,
    /** The timer runs until a ping would be due. */
    WATCHING,
    /** A ping has been sent; the timer runs until the connection counts as dead. */
    PINGING
  }

  /** The payload of its pings; any that {@link ReceiveWindows#BDP_PING} is not. */
  static final long PING = 0;

  /** Sends no pings. Shared by all connections without keepalive, whose loops only read it. */
  private static final Keepalive OFF = new Keepalive();

  private final @Nullable EventLoop loop;
  private final @Nullable KeepaliveTime time;
  private final long timeNanos;
  private final long timeoutNanos;
  private final boolean withoutCalls;
  private final Runnable sendPing;
  private final Runnable onDead;
  private State state;
  private long lastRead;
  private long pingSent;
  private boolean readSincePing;
  private boolean ackAwaited;
  private boolean active;
  private @Nullable ScheduledFuture<?> timer;

  private Keepalive() {
    this.loop = null;
    this.state = State.OFF;
    this.time = null;
    this.timeNanos = 0;
    this.timeoutNanos = 0;
    this.withoutCalls = false;
    this.sendPing = () -> {};
    this.onDead = () -> {};
  }

  private Keepalive(EventLoop loop, KeepaliveOptions options, Runnable sendPing, Runnable onDead) {
    this.loop = loop;
    this.state = State.DORMANT;
    this.time = options.time();
    this.timeNanos = options.time().nanos();
    this.timeoutNanos = options.timeout().toNanos();
    this.withoutCalls = options.withoutCalls();
    this.sendPing = sendPing;
    this.onDead = onDead;
  }

  /**
   * @param options {@code null} for no pings
   */
  static Keepalive of(
      EventLoop loop, @Nullable KeepaliveOptions options, Runnable sendPing, Runnable onDead) {
    return options == null ? OFF : new Keepalive(loop, options, sendPing, onDead);
  }

  /** The connection is ready. */
  void start() {
    if (state == State.OFF) {
      return;
    }
    lastRead = now();
    if (active || withoutCalls) {
      watch();
    }
  }

  void onRead() {
    if (state != State.OFF) {
      lastRead = now();
      readSincePing = true;
    }
  }

  /**
   * The first stream was opened. A connection dormant for longer than its time is pinged at once.
   */
  void onActive() {
    if (state != State.OFF) {
      active = true;
      if (state == State.DORMANT) {
        watch();
      }
    }
  }

  /** Returns how long the ping took, nanoseconds, or 0 if none was awaited. */
  long onAck() {
    if (!ackAwaited) {
      return 0;
    }
    ackAwaited = false;
    return Math.max(1, now() - pingSent);
  }

  /**
   * The server complains of too many pings: the channel's later connections ping half as often.
   * This one is closed by the server anyway.
   */
  void raiseInterval() {
    if (time != null) {
      time.raiseAbove(timeNanos);
    }
  }

  /** The last stream has ended. A running timer finds that out when it fires. */
  void onIdle() {
    if (state != State.OFF) {
      active = false;
    }
  }

  void stop() {
    if (state == State.OFF) {
      return;
    }
    state = State.OFF;
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void watch() {
    state = State.WATCHING;
    schedule(lastRead + timeNanos - now());
  }

  private void onTimer() {
    timer = null;
    if (state == State.PINGING) {
      pingTimer();
    } else if (!active && !withoutCalls) {
      state = State.DORMANT;
    } else if (now() - lastRead < timeNanos) {
      watch();
    } else {
      state = State.PINGING;
      readSincePing = false;
      pingSent = now();
      ackAwaited = true;
      awaitRead();
      sendPing.run();
    }
  }

  /** Any frame since the ping shows that the peer is alive, not only the ack. */
  private void pingTimer() {
    if (readSincePing) {
      watch();
    } else if (now() - pingSent >= timeoutNanos) {
      onDead.run();
    } else {
      awaitRead();
    }
  }

  /** Checks once per {@link #timeNanos}: a longer timeout must not make pings rarer. */
  private void awaitRead() {
    schedule(Math.min(timeNanos, pingSent + timeoutNanos - now()));
  }

  private void schedule(long delayNanos) {
    timer = loop().schedule(this::onTimer, Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
  }

  private long now() {
    return loop().ticker().nanoTime();
  }

  private EventLoop loop() {
    return Objects.requireNonNull(loop);
  }
}
