// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.SyncContextConfined;
import dev.clientconn.internal.transport.ClientTransport;
import io.grpc.Attributes;
import io.grpc.Channel;
import io.grpc.ChannelLogger;
import io.grpc.ChannelLogger.ChannelLogLevel;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.Status;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One subchannel: a connection to one of its addresses, tried in order, with backoff when all have failed. IDLE →
 * CONNECTING → READY → IDLE, or CONNECTING → TRANSIENT_FAILURE → CONNECTING. It never asks for re-resolution; the
 * policy that owns it does.
 */
@SyncContextConfined
final class AddrConn extends LoadBalancer.Subchannel {
  private static final Status REMOVED = Status.UNAVAILABLE.withDescription(
      "The load-balancing policy no longer uses this connection");

  private final CreateSubchannelArgs args;
  private final ChannelContext context;
  private final String channelAuthority;
  private final Consumer<AddrConn> onTerminated;
  private final AddrConnView view = new AddrConnView();
  private final AddressIndex index;

  private @Nullable SubchannelStateListener listener;
  private ConnectivityState state = ConnectivityState.IDLE;
  private List<EquivalentAddressGroup> addresses;
  private @Nullable Connection attempt;
  private @Nullable Connection current;
  private @Nullable ExponentialBackoff backoff;
  private @Nullable ScheduledHandle backoffTimer;
  private long roundStartNanos;
  private Attributes connectedAttributes = Attributes.EMPTY;

  AddrConn(
      CreateSubchannelArgs args,
      ChannelContext context,
      String authority,
      Consumer<AddrConn> onTerminated) {
    this.args = args;
    this.context = context;
    this.channelAuthority = authority;
    this.onTerminated = onTerminated;
    this.addresses = args.getAddresses();
    this.index = new AddressIndex(addresses);
  }

  /** Safe for other threads. */
  AddrConnView view() {
    return view;
  }

  @Override
  public void start(SubchannelStateListener stateListener) {
    context.sync().throwIfNotInThisSynchronizationContext();
    if (listener != null) {
      throw new IllegalStateException(this + " was started already");
    }
    listener = stateListener;
  }

  /** Any thread. Hops, so that the listener is never called from within this method. */
  @Override
  public void requestConnection() {
    context.sync().execute(() -> {
      if (state == ConnectivityState.IDLE) {
        startRound();
      }
    });
  }

  @Override
  public void updateAddresses(List<EquivalentAddressGroup> next) {
    context.sync().throwIfNotInThisSynchronizationContext();
    addresses = List.copyOf(next);
    context.sync().execute(() -> switchTo(List.copyOf(next)));
  }

  private void switchTo(List<EquivalentAddressGroup> next) {
    if (index.update(next) || state == ConnectivityState.SHUTDOWN) {
      return;
    }
    if (current != null) {
      Connection old = current;
      loseCurrent(old);
      old.shutdown(REMOVED);
    } else if (attempt != null) {
      Connection old = attempt;
      attempt = null;
      old.shutdownNow(REMOVED);
      dial();
    }
  }

  @Override
  public void shutdown() {
    context.sync().throwIfNotInThisSynchronizationContext();
    // Deferred, as all listener calls are: policies do not expect them inside their own call.
    context.sync().execute(() -> end(REMOVED));
  }

  private void end(Status reason) {
    if (state == ConnectivityState.SHUTDOWN) {
      return;
    }
    cancelBackoff();
    goTo(ConnectivityStateInfo.forNonError(ConnectivityState.SHUTDOWN));
    Connection dialling = attempt;
    Connection ready = current;
    attempt = null;
    current = null;
    if (dialling != null) {
      dialling.shutdownNow(reason);
    }
    if (ready != null) {
      view.retract(ready);
      ready.shutdown(reason);
    }
    checkTerminated();
  }

  /** Ends streams of draining connections too. */
  void shutdownNow(Status reason) {
    end(reason);
    view.connections().forEach(transport -> transport.shutdownNow(reason));
  }

  /** Tries again at once if it waits for the end of a backoff. */
  void resetBackoff() {
    if (backoffTimer != null) {
      cancelBackoff();
      backoff = null;
      startRound();
    }
  }

  private void startRound() {
    roundStartNanos = context.threads().nanoTime().getAsLong();
    goTo(ConnectivityStateInfo.forNonError(ConnectivityState.CONNECTING));
    if (state == ConnectivityState.CONNECTING) {
      dial();
    }
  }

  private void dial() {
    Connection connection = new Connection();
    attempt = connection;
    try {
      connection.opened(context
          .connector()
          .connect(index.address(), authority(), index.attributes(), connection));
    } catch (Throwable e) {
      // As a dialer or an address type may be foreign, this is a failed attempt and not a broken
      // channel.
      connection.onTerminated(Status.UNAVAILABLE
          .withDescription("Connecting to " + index.address() + " failed: " + e)
          .withCause(e));
    }
  }

  /** The builder's override, else the address's own, else the channel's. */
  private String authority() {
    String own = index.attributes().get(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE);
    return own == null || context.options().authorityOverride() != null ? channelAuthority : own;
  }

  private void ready(Connection connection) {
    if (connection != attempt || connection.transport == null) {
      return;
    }
    attempt = null;
    current = connection;
    backoff = null;
    connectedAttributes = index.attributes();
    view.publish(connection, connection.transport);
    goTo(ConnectivityStateInfo.forNonError(ConnectivityState.READY));
  }

  private void draining(Connection connection) {
    if (connection == current) {
      loseCurrent(connection);
    }
  }

  private void terminated(Connection connection, Status reason) {
    if (connection.transport != null) {
      view.closed(connection.transport);
    }
    if (connection == current) {
      loseCurrent(connection);
    } else if (connection == attempt) {
      attempt = null;
      if (index.next()) {
        dial();
      } else {
        backOff(reason);
      }
    }
    checkTerminated();
  }

  private void loseCurrent(Connection connection) {
    current = null;
    view.retract(connection);
    index.reset();
    goTo(ConnectivityStateInfo.forNonError(ConnectivityState.IDLE));
  }

  private void backOff(Status reason) {
    Status failure = index.size() == 1
        ? reason
        : reason.withDescription("None of " + index.size()
            + " addresses could be reached; the last one said: " + reason.getDescription());
    boolean reconnects = !args.getOption(LoadBalancer.DISABLE_SUBCHANNEL_RECONNECT_KEY);
    if (reconnects) {
      if (backoff == null) {
        backoff = context.newBackoff();
      }
      long spent = context.threads().nanoTime().getAsLong() - roundStartNanos;
      long delay = Math.max(0, backoff.nextNanos() - spent);
      backoffTimer = context
          .sync()
          .schedule(this::backoffEnded, delay, TimeUnit.NANOSECONDS, context.timers());
    }
    goTo(ConnectivityStateInfo.forTransientFailure(failure));
    if (!reconnects && state == ConnectivityState.TRANSIENT_FAILURE) {
      // The policy backs off by itself and only waits for requestConnection to work.
      state = ConnectivityState.IDLE;
      view.state(state);
    }
  }

  private void backoffEnded() {
    backoffTimer = null;
    startRound();
  }

  private void cancelBackoff() {
    if (backoffTimer != null) {
      backoffTimer.cancel();
      backoffTimer = null;
    }
  }

  private void goTo(ConnectivityStateInfo next) {
    state = next.getState();
    view.state(state);
    context.logger().log(ChannelLogLevel.DEBUG, "{0}: {1}", this, next);
    if (listener != null) {
      try {
        listener.onSubchannelState(next);
      } catch (Throwable t) {
        // Not thrown on: the connections of this subchannel would not be closed.
        context.onBroken().accept(t);
      }
    }
  }

  private void checkTerminated() {
    if (state == ConnectivityState.SHUTDOWN && view.connections().isEmpty()) {
      onTerminated.accept(this);
    }
  }

  @Override
  public List<EquivalentAddressGroup> getAllAddresses() {
    return addresses;
  }

  @Override
  public Attributes getAttributes() {
    return args.getAttributes();
  }

  @Override
  public Attributes getConnectedAddressAttributes() {
    return connectedAttributes;
  }

  @Override
  public ChannelLogger getChannelLogger() {
    return context.logger();
  }

  @Override
  public Object getInternalSubchannel() {
    return this;
  }

  @Override
  public Channel asChannel() {
    throw new UnsupportedOperationException(
        "Subchannel.asChannel is not supported yet: health checks and load reports"
            + " over a subchannel's own connection need it; use a policy without them");
  }

  @Override
  public String toString() {
    return "AddrConn<" + view.id() + ">" + addresses;
  }

  /** One connection of this subchannel; hops from the event loop into the sync context. */
  private final class Connection extends AddrConnView.Owner implements ClientTransport.Listener {
    private @Nullable ClientTransport transport;

    void opened(ClientTransport started) {
      transport = started;
      view.opened(started);
    }

    void shutdown(Status reason) {
      if (transport != null) {
        transport.shutdown(reason);
      }
    }

    void shutdownNow(Status reason) {
      if (transport != null) {
        transport.shutdownNow(reason);
      }
    }

    @Override
    public void onReady(Attributes attributes) {
      context.sync().execute(() -> ready(this));
    }

    @Override
    public void onDraining(Status reason) {
      view.retract(this);
      context.sync().execute(() -> draining(this));
    }

    @Override
    public void onTerminated(Status reason) {
      view.retract(this);
      context.sync().execute(() -> terminated(this, reason));
    }
  }
}
