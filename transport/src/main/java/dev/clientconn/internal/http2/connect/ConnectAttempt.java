// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import dev.clientconn.internal.concurrent.EventLoopConfined;
import dev.clientconn.transport.ChannelTotals.ConnectOutcome;
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
 * Takes one connection from the dial to the peer's SETTINGS within one timeout, and closes its
 * channel afterwards. Records the phase and the first cause, so that the status of a failure says
 * how far the attempt came.
 */
@EventLoopConfined
public final class ConnectAttempt {

  private enum Phase {
    DIALLING("connecting", ""),
    HANDSHAKING("in the TLS handshake", "a server that expects plaintext does this to TLS"),
    AWAITING_SETTINGS(
        "waiting for the server's SETTINGS",
        "a server that expects TLS does this to plaintext: choose TLS, with Spring by ssl.enabled"
            + " or ssl.bundle"),
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

  /** How long the channel is still read after a write has failed. */
  public static final Duration READ_AFTER_WRITE_FAILURE = Duration.ofSeconds(1);

  private final EventLoop loop;
  private final SocketAddress address;
  private final Duration timeout;
  private final Consumer<Status> onTimeout;
  private final Consumer<Status> onDisconnected;
  private Phase phase = Phase.DIALLING;
  private boolean tls;
  private boolean timedOut;
  private boolean ready;
  private boolean finished;
  private @Nullable Channel channel;
  private @Nullable Throwable cause;
  private @Nullable ScheduledFuture<?> timer;

  /**
   * @param onTimeout called if no SETTINGS arrive in time; must close the connection
   * @param onDisconnected called once, when the channel is closed or was never opened
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

  /** Arms the timeout and dials. The dialer is foreign code: it may throw or return null. */
  public void dial(Supplier<ChannelFuture> dialer) {
    timer = loop.schedule(this::timedOut, timeout.toNanos(), TimeUnit.NANOSECONDS);
    try {
      @Nullable ChannelFuture future = dialer.get();
      if (future == null) {
        throw new IllegalStateException("the Dialer returned null in place of a future");
      }
      watch(future);
    } catch (Throwable t) {
      recordCause(t);
      disconnectedLater();
    }
  }

  /** The connection ends when its channel closes, whatever closed it. */
  private void watch(ChannelFuture future) {
    channel = future.channel();
    future.addListener(f -> {
      if (!f.isSuccess()) {
        recordCause(f.cause());
        disconnectedLater();
        disconnect();
      } else if (finished) {
        // The attempt timed out before the dial succeeded: the new channel is not needed.
        future.channel().close();
      }
    });
    channel.closeFuture().addListener(f -> disconnectedLater());
  }

  /**
   * Whether the attempt has ended: a channel that is registered or connected later must be closed.
   */
  public boolean isFinished() {
    return finished;
  }

  void tlsHandshakeStarted() {
    tls = true;
    phase = Phase.HANDSHAKING;
  }

  /** The channel is connected and, if TLS is used, encrypted. */
  public void awaitSettings(Channel connected) {
    channel = connected;
    phase = tls ? Phase.AWAITING_SETTINGS_IN_TLS : Phase.AWAITING_SETTINGS;
  }

  /** The peer's SETTINGS have arrived: from here on, failures say that a connection was lost. */
  public void ready() {
    ready = true;
    stopTimer();
  }

  @Nullable
  public Channel channel() {
    return channel;
  }

  /**
   * Records why the connection ends. The first cause counts: later ones usually follow from it.
   */
  public void recordCause(Throwable thrown) {
    // That the channel is closed does not say why.
    if (cause == null && !(thrown instanceof ClosedChannelException)) {
      cause = thrown;
    }
  }

  /**
   * Handles a failed write. Before it stopped reading, the peer may have sent trailers, or a GOAWAY
   * with the reason; they may still be in the receive buffer. The channel is therefore closed only
   * after {@link #READ_AFTER_WRITE_FAILURE}. Returns the status for the calls that are left.
   */
  public Status outputClosed() {
    stopTimer();
    timer =
        loop.schedule(this::disconnect, READ_AFTER_WRITE_FAILURE.toNanos(), TimeUnit.NANOSECONDS);
    return status();
  }

  /** Closes the channel in any phase. */
  public void disconnect() {
    stopTimer();
    if (channel != null && channel.isRegistered()) {
      channel.close();
    } else {
      disconnectedLater();
    }
  }

  /** In a separate task: a channel may be closed while a frame of it is being handled. */
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

  /** Why the channel is closed, {@code null} if the peer has closed it, or this side. */
  @Nullable
  public Throwable cause() {
    return cause;
  }

  /** How the attempt has failed. */
  public ConnectOutcome failure() {
    return timedOut ? ConnectOutcome.TIMEOUT : ConnectFailure.outcome(cause, isHandshaking());
  }

  /** How the TLS handshake has ended, {@code null} if there was none. */
  @Nullable
  public String handshakeResult() {
    if (!tls) {
      return null;
    }
    if (!isHandshaking()) {
      return HandshakeResult.SUCCESS;
    }
    return timedOut ? HandshakeResult.TIMEOUT : HandshakeResult.of(cause);
  }

  private boolean isHandshaking() {
    return phase == Phase.HANDSHAKING;
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
    timedOut = true;
    onTimeout.accept(Status.UNAVAILABLE.withDescription("cannot connect to "
        + AddressText.of(address)
        + ": timed out after "
        + timeout.toMillis()
        + " ms, "
        + doing()));
  }

  private String doing() {
    ProxyHandshake proxy = channel == null ? null : channel.pipeline().get(ProxyHandshake.class);
    return proxy == null ? phase.doing + phase.hint : proxy.doing();
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}
