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
 * Keeps one subchannel connected: dials its addresses in order until one responds, and backs off
 * when all have failed. IDLE → CONNECTING → READY → IDLE, or CONNECTING → TRANSIENT_FAILURE →
 * CONNECTING. It never requests re-resolution; the policy that owns it does.
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
  private long connectingSinceNanos;
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

  /** The part that other threads may read. */
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

  /** Any thread. Deferred, so that the listener is never called from within this method. */
  @Override
  public void requestConnection() {
    context.sync().execute(() -> {
      if (state == ConnectivityState.IDLE) {
        startConnecting();
      }
    });
  }

  @Override
  public void updateAddresses(List<EquivalentAddressGroup> next) {
    context.sync().throwIfNotInThisSynchronizationContext();
    addresses = List.copyOf(next);
    context.sync().execute(() -> redialUnlessListed(List.copyOf(next)));
  }

  private void redialUnlessListed(List<EquivalentAddressGroup> next) {
    if (index.update(next) || state == ConnectivityState.SHUTDOWN) {
      return;
    }
    if (current != null) {
      Connection old = current;
      detachCurrent(old);
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
    // Deferred, as all listener calls are: policies do not expect one inside their own call.
    context.sync().execute(() -> shutdown(REMOVED));
  }

  private void shutdown(Status reason) {
    if (state == ConnectivityState.SHUTDOWN) {
      return;
    }
    cancelBackoff();
    moveTo(ConnectivityStateInfo.forNonError(ConnectivityState.SHUTDOWN));
    Connection dialing = attempt;
    Connection ready = current;
    attempt = null;
    current = null;
    if (dialing != null) {
      dialing.shutdownNow(reason);
    }
    if (ready != null) {
      view.unpublish(ready);
      ready.shutdown(reason);
    }
    checkTerminated();
  }

  /** Fails the streams of draining connections, too. */
  void shutdownNow(Status reason) {
    shutdown(reason);
    view.connections().forEach(transport -> transport.shutdownNow(reason));
  }

  /** Ends a backoff that is running and dials at once. */
  void resetBackoff() {
    if (backoffTimer != null) {
      cancelBackoff();
      backoff = null;
      startConnecting();
    }
  }

  private void startConnecting() {
    connectingSinceNanos = context.threads().nanoTime().getAsLong();
    moveTo(ConnectivityStateInfo.forNonError(ConnectivityState.CONNECTING));
    if (state == ConnectivityState.CONNECTING) {
      dial();
    }
  }

  private void dial() {
    Connection connection = new Connection();
    attempt = connection;
    try {
      connection.dialed(context
          .connector()
          .connect(index.address(), authority(), index.attributes(), connection));
    } catch (Throwable e) {
      // The dialer or the address type may be foreign code: the attempt has failed, the channel
      // goes on.
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
    moveTo(ConnectivityStateInfo.forNonError(ConnectivityState.READY));
  }

  private void draining(Connection connection) {
    if (connection == current) {
      detachCurrent(connection);
    }
  }

  private void terminated(Connection connection, Status reason) {
    if (connection.transport != null) {
      view.removeConnection(connection.transport);
    }
    if (connection == current) {
      detachCurrent(connection);
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

  private void detachCurrent(Connection connection) {
    current = null;
    view.unpublish(connection);
    index.reset();
    moveTo(ConnectivityStateInfo.forNonError(ConnectivityState.IDLE));
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
      long spent = context.threads().nanoTime().getAsLong() - connectingSinceNanos;
      long delay = Math.max(0, backoff.nextNanos() - spent);
      backoffTimer = context
          .sync()
          .schedule(this::backoffEnded, delay, TimeUnit.NANOSECONDS, context.timers());
    }
    moveTo(ConnectivityStateInfo.forTransientFailure(failure));
    if (!reconnects && state == ConnectivityState.TRANSIENT_FAILURE) {
      // The policy does the backoff itself; requestConnection must work at once, which needs IDLE.
      state = ConnectivityState.IDLE;
      view.state(state);
    }
  }

  private void backoffEnded() {
    backoffTimer = null;
    startConnecting();
  }

  private void cancelBackoff() {
    if (backoffTimer != null) {
      backoffTimer.cancel();
      backoffTimer = null;
    }
  }

  private void moveTo(ConnectivityStateInfo next) {
    state = next.getState();
    view.state(state);
    context.logger().log(ChannelLogLevel.DEBUG, "{0}: {1}", this, next);
    if (listener != null) {
      try {
        listener.onSubchannelState(next);
      } catch (Throwable t) {
        // Not rethrown: the connections of this subchannel would stay open.
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

  /** Listens to one connection and moves its events from the event loop to the sync context. */
  private final class Connection extends AddrConnView.Owner implements ClientTransport.Listener {
    private @Nullable ClientTransport transport;

    void dialed(ClientTransport started) {
      transport = started;
      view.addConnection(started);
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
      view.unpublish(this);
      context.sync().execute(() -> draining(this));
    }

    @Override
    public void onTerminated(Status reason) {
      view.unpublish(this);
      context.sync().execute(() -> terminated(this, reason));
    }
  }
}
