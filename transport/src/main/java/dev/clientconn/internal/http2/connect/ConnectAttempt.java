// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import io.grpc.Status;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings a connection up to its peer's SETTINGS (dialling, TLS) within one timeout, and closes its channel. Knows which
 * phase it is in, so that the status of a failure says how far it came.
 */
@EventLoopConfined
public final class ConnectAttempt {

  private enum Phase {
    DIALLING("connecting", ""),
    HANDSHAKING("in the TLS handshake", "a server that expects plaintext does this to TLS"),
    AWAITING_SETTINGS(
        "waiting for the server's SETTINGS",
        "a server that expects TLS does this to plaintext: choose TLS, with Spring by ssl.enabled or"
            + " ssl.bundle"),
    AWAITING_SETTINGS_IN_TLS(
        "waiting for the server's SETTINGS",
        "a server that wants a client certificate, or another one, does this after a TLS 1.3"
            + " handshake");

    private final String doing;
    private final String hint;

    Phase(String doing, String hint) {
      this.doing = doing;
      this.hint = hint.isEmpty() ? "" : " (" + hint + ")";
    }
  }

  /** How long what the peer sent is read, once nothing can be sent any more. */
  public static final Duration READ_AFTER_WRITE_FAILURE = Duration.ofSeconds(1);

  private final EventLoop loop;
  private final SocketAddress address;
  private final Duration timeout;
  private final Consumer<Status> onTimeout;
  private final Consumer<Status> onDisconnected;
  private Phase phase = Phase.DIALLING;
  private boolean tls;
  private boolean ready;
  private boolean finished;
  private @Nullable Channel channel;
  private @Nullable Throwable cause;
  private @Nullable ScheduledFuture<?> timer;

  /**
   * @param onTimeout closes the connection
   * @param onDisconnected called once, when there is no channel any more
   */
  public ConnectAttempt(
      EventLoop loop,
      SocketAddress address,
      Duration timeout,
      Consumer<Status> onTimeout,
      Consumer<Status> onDisconnected) {
    this.loop = loop;
    this.address = address;
    this.timeout = timeout;
    this.onTimeout = onTimeout;
    this.onDisconnected = onDisconnected;
  }

  public void start(Supplier<ChannelFuture> dial) {
    timer = loop.schedule(this::timedOut, timeout.toNanos(), TimeUnit.NANOSECONDS);
    try {
      @Nullable ChannelFuture future = dial.get();
      if (future == null) {
        throw new IllegalStateException("the Dialer returned null in place of a future");
      }
      dialling(future);
    } catch (Throwable t) {
      recordCause(t);
      disconnectedLater();
    }
  }

  /** The dialer has begun. The channel's end is the connection's, whichever way it comes. */
  private void dialling(ChannelFuture future) {
    channel = future.channel();
    future.addListener(f -> {
      if (!f.isSuccess()) {
        recordCause(f.cause());
        disconnectedLater();
        disconnect();
      } else if (finished) {
        future.channel().close();
      }
    });
    channel.closeFuture().addListener(f -> disconnectedLater());
  }

  /** Whether the attempt is over: a channel that registers or connects after it must be closed. */
  public boolean isFinished() {
    return finished;
  }

  void handshaking() {
    tls = true;
    phase = Phase.HANDSHAKING;
  }

  public void awaitSettings(Channel connected) {
    channel = connected;
    phase = tls ? Phase.AWAITING_SETTINGS_IN_TLS : Phase.AWAITING_SETTINGS;
  }

  public void ready() {
    ready = true;
    stopTimer();
  }

  @Nullable
  public Channel channel() {
    return channel;
  }

  /** Why the connection ends; the first cause is the one that its status names. */
  public void recordCause(Throwable thrown) {
    // That it is closed says nothing of why.
    if (cause == null && !(thrown instanceof ClosedChannelException)) {
      cause = thrown;
    }
  }

  /**
   * A write has failed. The peer may have sent what ends the calls, or a GOAWAY that says why it went, before it stopped to
   * read, so the channel is closed a moment later. Returns what the failure means for calls.
   */
  public Status outputClosed() {
    stopTimer();
    timer =
        loop.schedule(this::disconnect, READ_AFTER_WRITE_FAILURE.toNanos(), TimeUnit.NANOSECONDS);
    return status();
  }

  /** Closes the channel, whatever state it is in. */
  public void disconnect() {
    stopTimer();
    if (channel != null && channel.isRegistered()) {
      channel.close();
    } else {
      disconnectedLater();
    }
  }

  /** In a task of its own: a channel may be closed from within a frame. */
  private void disconnectedLater() {
    loop.execute(this::disconnected);
  }

  private void disconnected() {
    if (!finished) {
      finished = true;
      stopTimer();
      onDisconnected.accept(status());
    }
  }

  private Status status() {
    String description;
    if (ready) {
      description = "connection to " + AddressText.of(address) + " lost"
          + (cause == null ? ": the server closed it" : ": " + ConnectFailure.reason(cause));
    } else if (cause == null) {
      description = "cannot connect to " + AddressText.of(address)
          + ": the server closed the connection while this side was "
          + phase.doing
          + phase.hint;
    } else {
      description = "cannot connect to " + AddressText.of(address) + ": "
          + ConnectFailure.reason(cause)
          + (ConnectFailure.peerWentAway(cause) ? ", " + phase.doing + phase.hint : "");
    }
    return Status.UNAVAILABLE.withDescription(description).withCause(cause);
  }

  private void timedOut() {
    timer = null;
    onTimeout.accept(Status.UNAVAILABLE.withDescription("cannot connect to "
        + AddressText.of(address)
        + ": timed out after "
        + timeout.toMillis()
        + " ms, "
        + phase.doing
        + phase.hint));
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}
