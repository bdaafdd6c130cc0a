// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.SyncContextConfined;
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
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one subchannel connected: dials its addresses in order until one responds, and backs off
 * when all have failed. It has a list of established connections, all to one address, and at most
 * one attempt to make another. IDLE → CONNECTING → READY → IDLE, or CONNECTING → TRANSIENT_FAILURE
 * → CONNECTING. It never requests re-resolution; the policy that owns it does.
 *
 * <p>Where the last connection is lost while another is being dialed, gRFC A105 has the subchannel
 * go from READY to CONNECTING. Policies that were written before A105 expect IDLE after READY, so
 * it reports IDLE, and the rest when the policy requests a connection.
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
  /** Those that take new calls, the oldest first. */
  private final List<Connection> established = new ArrayList<>();

  private @Nullable Connection attempt;
  private final ReconnectBackoff backoff;
  private final ConnectionReplacer replacer;
  /** Why the last attempt failed, for as long as the backoff runs. */
  private Status failure = Status.OK;

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
    this.backoff = new ReconnectBackoff(context, this::backoffEnded);
    this.replacer = new ConnectionReplacer(context, established, this::dialAnother);
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
    context.sync().execute(this::leaveIdle);
  }

  private void leaveIdle() {
    if (state != ConnectivityState.IDLE) {
      return;
    }
    if (attempt != null) {
      moveTo(ConnectivityStateInfo.forNonError(ConnectivityState.CONNECTING));
    } else if (backoff.isRunning()) {
      moveTo(ConnectivityStateInfo.forTransientFailure(failure));
    } else {
      startConnecting();
    }
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
    boolean dialing = endAttempt(REMOVED);
    if (!established.isEmpty()) {
      endEstablished(REMOVED);
      backoff.cancel();
      becomeIdle();
    } else if (dialing) {
      dial();
    }
  }

  /** Gives up the attempt that is under way; returns whether there was one. */
  private boolean endAttempt(Status reason) {
    Connection dialing = attempt;
    attempt = null;
    if (dialing != null) {
      dialing.shutdownNow(reason);
    }
    return dialing != null;
  }

  /** Has all connections finish their calls and take no new ones. */
  private void endEstablished(Status reason) {
    List<Connection> ending = List.copyOf(established);
    established.clear();
    for (Connection connection : ending) {
      connection.cancelTimer();
      connection.unpublish();
      connection.shutdown(reason);
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
    backoff.cancel();
    moveTo(ConnectivityStateInfo.forNonError(ConnectivityState.SHUTDOWN));
    endAttempt(reason);
    endEstablished(reason);
    checkTerminated();
  }

  /** Fails the streams of draining connections, too. */
  void shutdownNow(Status reason) {
    shutdown(reason);
    view.connections().forEach(transport -> transport.shutdownNow(reason));
  }

  /** Ends a backoff that is running and dials at once. */
  void resetBackoff() {
    if (backoff.isRunning()) {
      backoff.reset();
      backoffEnded();
    }
  }

  /** Replaces the connections, and tries again where the old material may be why it failed. */
  void tlsChanged() {
    resetBackoff();
    replacer.tlsChanged();
  }

  private void startConnecting() {
    backoff.attemptStarts();
    moveTo(ConnectivityStateInfo.forNonError(ConnectivityState.CONNECTING));
    if (state == ConnectivityState.CONNECTING) {
      dial();
    }
  }

  /**
   * Dials one more connection to the address that is connected, unless that is under way or has
   * just failed. No other state is reported meanwhile.
   */
  void dialAnother() {
    if (!established.isEmpty() && attempt == null && !backoff.isRunning()) {
      backoff.attemptStarts();
      dial();
    }
  }

  private void dial() {
    Connection connection = new Connection();
    attempt = connection;
    replacer.dialing(connection);
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
    if (connection != attempt) {
      return;
    }
    attempt = null;
    backoff.reset();
    established.add(connection);
    connectedAttributes = index.attributes();
    connection.publish();
    if (state == ConnectivityState.IDLE) {
      moveTo(ConnectivityStateInfo.forNonError(ConnectivityState.CONNECTING));
    }
    if (state == ConnectivityState.CONNECTING) {
      moveTo(ConnectivityStateInfo.forNonError(ConnectivityState.READY));
    }
    replacer.established(connection);
  }

  private void terminated(Connection connection, Status reason) {
    if (connection == attempt) {
      attempt = null;
      if (replacer.hasOlderTls(connection)) {
        dial();
      } else {
        attemptFailed(reason);
      }
    } else {
      detach(connection);
    }
    checkTerminated();
  }

  /** The connection takes no new calls any more. */
  private void detach(Connection connection) {
    connection.unpublish();
    if (established.remove(connection)) {
      connection.cancelTimer();
      if (established.isEmpty()) {
        becomeIdle();
      }
    }
  }

  /** The last connection is gone. An attempt or a backoff for another one continues. */
  private void becomeIdle() {
    if (!reconnects()) {
      backoff.cancel();
    }
    if (attempt == null && !backoff.isRunning()) {
      index.reset();
    }
    moveTo(ConnectivityStateInfo.forNonError(ConnectivityState.IDLE));
  }

  private void attemptFailed(Status reason) {
    if (state == ConnectivityState.CONNECTING && index.next()) {
      dial();
      return;
    }
    failure = index.size() == 1 || state != ConnectivityState.CONNECTING
        ? reason
        : reason.withDescription("None of " + index.size()
            + " addresses could be reached; the last one said: " + reason.getDescription());
    // The policy knows nothing of the attempts to add a connection, and cannot delay them.
    if (reconnects() || state != ConnectivityState.CONNECTING) {
      backoff.begin();
    }
    if (state == ConnectivityState.CONNECTING) {
      moveTo(ConnectivityStateInfo.forTransientFailure(failure));
    } else {
      replacer.attemptFailed(reason);
    }
    if (!reconnects() && state == ConnectivityState.TRANSIENT_FAILURE) {
      // The policy does the backoff itself; requestConnection must work at once, which needs IDLE.
      state = ConnectivityState.IDLE;
      view.state(state);
    }
  }

  private boolean reconnects() {
    return !args.getOption(LoadBalancer.DISABLE_SUBCHANNEL_RECONNECT_KEY);
  }

  private void backoffEnded() {
    // Not where IDLE was reported: the policy decides when to leave it.
    if (state == ConnectivityState.TRANSIENT_FAILURE) {
      startConnecting();
    }
    replacer.replaceOutdated();
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

  /** A connection of this subchannel. */
  private final class Connection extends SubchannelConnection {
    Connection() {
      super(view, context.sync());
    }

    @Override
    void ready() {
      AddrConn.this.ready(this);
    }

    @Override
    void draining() {
      detach(this);
    }

    @Override
    void terminated(Status reason) {
      AddrConn.this.terminated(this, reason);
    }
  }
}
