// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.internal.transport.KeepaliveTime;
import dev.clientconn.internal.transport.TransportOptions.KeepaliveOptions;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Pings a quiet connection and declares it dead when nothing at all comes back (gRFC A8). Reads only move a mark; the
 * one timer re-arms itself, so a busy connection costs no scheduling.
 */
@EventLoopConfined
final class Keepalive {

  private enum State {
    /** Nothing scheduled: no stream is open, and pings without calls are not wanted. */
    DORMANT,
    /** The timer runs to the moment a ping would be due. */
    WATCHING,
    /** A ping is out; the timer runs to the moment the connection counts as dead. */
    PINGING
  }

  private final EventLoop loop;
  private final KeepaliveTime time;
  private final long timeNanos;
  private final long timeoutNanos;
  private final boolean withoutCalls;
  private final Runnable sendPing;
  private final Runnable onDead;
  private State state = State.DORMANT;
  private long lastRead;
  private long pingSent;
  private boolean readSincePing;
  private boolean ackAwaited;
  private boolean active;
  private @Nullable ScheduledFuture<?> timer;

  Keepalive(EventLoop loop, KeepaliveOptions options, Runnable sendPing, Runnable onDead) {
    this.loop = loop;
    this.time = options.time();
    this.timeNanos = time.nanos();
    this.timeoutNanos = options.timeout().toNanos();
    this.withoutCalls = options.withoutCalls();
    this.sendPing = sendPing;
    this.onDead = onDead;
  }

  /** The connection is ready. */
  void start() {
    lastRead = now();
    if (active || withoutCalls) {
      watch();
    }
  }

  void onRead() {
    lastRead = now();
    readSincePing = true;
  }

  /** The first stream was opened; a connection that was dormant past its time is pinged at once. */
  void onActive() {
    active = true;
    if (state == State.DORMANT) {
      watch();
    }
  }

  /** Returns how long the ping took, nanoseconds, or 0 if none was out. */
  long onAck() {
    if (!ackAwaited) {
      return 0;
    }
    ackAwaited = false;
    return Math.max(1, now() - pingSent);
  }

  /** The server does not want to be pinged this often. This connection will not be there long enough to learn it. */
  void tooOften() {
    time.tooShort(timeNanos);
  }

  /** The last stream ended. A running timer finds out by itself. */
  void onIdle() {
    active = false;
  }

  void stop() {
    state = State.DORMANT;
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

  /** Any frame since the ping counts as life, not only its ack. */
  private void pingTimer() {
    if (readSincePing) {
      watch();
    } else if (now() - pingSent >= timeoutNanos) {
      onDead.run();
    } else {
      awaitRead();
    }
  }

  /** Looks once per {@link #timeNanos}: a longer timeout must not make pings rarer. */
  private void awaitRead() {
    schedule(Math.min(timeNanos, pingSent + timeoutNanos - now()));
  }

  private void schedule(long delayNanos) {
    timer = loop.schedule(this::onTimer, Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
  }

  private long now() {
    return loop.ticker().nanoTime();
  }
}
