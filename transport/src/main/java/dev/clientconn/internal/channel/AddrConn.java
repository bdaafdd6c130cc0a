// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.call.TransportSource.PendingPick;
import dev.clientconn.internal.concurrent.SyncContextConfined;
import io.grpc.Attributes;
import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.Status;
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
final class AddrConn extends PolicySubchannel {
  private static final Status REMOVED = Status.UNAVAILABLE.withDescription(
      "The load-balancing policy no longer uses this connection");

  private final ChannelContext context;
  private final Consumer<PendingPick> repick;
  private final Consumer<AddrConn> onTerminated;
  private final AddrConnView view;
  private final SubchannelState state;
  private final AddressDialer dialer;
  private final AddressIndex index;

  private final EstablishedConnections established;

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
      Consumer<PendingPick> repick,
      Consumer<AddrConn> onTerminated) {
    this(args, context, authority, repick, onTerminated, new AddrConnView());
  }

  private AddrConn(
      CreateSubchannelArgs args,
      ChannelContext context,
      String authority,
      Consumer<PendingPick> repick,
      Consumer<AddrConn> onTerminated,
      AddrConnView view) {
    super(args, context, view, authority);
    this.view = view;
    this.context = context;
    this.repick = repick;
    this.onTerminated = onTerminated;
    this.state = new SubchannelState(this, context, view);
    this.dialer = new AddressDialer(context, authority, args.getAddresses());
    this.index = dialer.index();
    this.backoff = new ReconnectBackoff(context, this::backoffEnded);
    this.established =
        new EstablishedConnections(context, view, this::canDialAnother, this::dialAnother);
    this.replacer = new ConnectionReplacer(context, established, this::dialAnother);
  }

  @SuppressWarnings("ReferenceEquality") // each configuration has one context
  boolean isOf(ChannelContext other) {
    return context == other;
  }

  /** The part that other threads may read. */
  AddrConnView view() {
    return view;
  }

  @Override
  public void start(SubchannelStateListener stateListener) {
    context.sync().throwIfNotInThisSynchronizationContext();
    state.reportTo(stateListener);
  }

  @Override
  void leaveIdle() {
    if (!state.is(ConnectivityState.IDLE)) {
      return;
    }
    if (!established.isEmpty()) {
      moveToReady();
    } else if (attempt != null) {
      state.moveTo(ConnectivityState.CONNECTING);
    } else if (backoff.isRunning()) {
      state.fail(failure);
    } else {
      startConnecting();
    }
  }

  @Override
  void redialUnlessListed(List<EquivalentAddressGroup> next) {
    if (index.update(next) || state.is(ConnectivityState.SHUTDOWN)) {
      return;
    }
    boolean dialing = endAttempt(REMOVED);
    if (!established.isEmpty()) {
      established.shutdown(REMOVED);
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

  @Override
  void close() {
    shutdown(REMOVED);
  }

  private void shutdown(Status reason) {
    if (state.is(ConnectivityState.SHUTDOWN)) {
      return;
    }
    backoff.cancel();
    state.moveTo(ConnectivityState.SHUTDOWN);
    // Health checks have no end of their own, and the connections drain until all calls end.
    channel().end(reason);
    List<PendingPick> waiting = established.closeSlots();
    endAttempt(reason);
    established.shutdown(reason);
    pickAgain(waiting);
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

  ConnectionReplacer replacer() {
    return replacer;
  }

  private void startConnecting() {
    backoff.attemptStarts();
    state.moveTo(ConnectivityState.CONNECTING);
    if (state.is(ConnectivityState.CONNECTING)) {
      dial();
    }
  }

  /** The channel's maximum of connections has changed. */
  void onLimitChanged() {
    if (established.countsStreams()) {
      established.countStreams();
      if (attempt != null) {
        attempt.countStreams();
      }
    }
    established.dialForWaitingCalls();
  }

  private boolean canDialAnother() {
    return !established.isEmpty() && attempt == null && !backoff.isRunning();
  }

  /**
   * Dials one more connection to the address that is connected, unless that is under way or has
   * just failed. No other state is reported meanwhile.
   */
  void dialAnother() {
    if (canDialAnother()) {
      backoff.attemptStarts();
      dial();
    }
  }

  private void dial() {
    Connection connection = new Connection();
    attempt = connection;
    replacer.dialing(connection);
    dialer.dial(connection);
    if (established.countsStreams()) {
      connection.countStreams();
    }
  }

  private void ready(Connection connection) {
    if (connection != attempt) {
      return;
    }
    attempt = null;
    backoff.reset();
    connectedAttributes = dialer.attributes();
    established.add(connection);
    moveToReady();
    boolean replaced = replacer.established(connection);
    established.dialForWaitingCalls();
    if (replaced && channel().isUsed()) {
      // The policy restarts its health checks on the new connection when it is READY again. Those
      // on the old one would report that the server has failed when the old one is closed.
      state.moveTo(ConnectivityState.IDLE);
    }
  }

  private void moveToReady() {
    if (state.is(ConnectivityState.IDLE)) {
      state.moveTo(ConnectivityState.CONNECTING);
    }
    if (state.is(ConnectivityState.CONNECTING)) {
      state.moveTo(ConnectivityState.READY);
    }
  }

  private void streamsCounted(Connection connection) {
    established.counted(connection);
    established.dialForWaitingCalls();
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
    if (!established.remove(connection)) {
      return;
    }
    if (established.isEmpty()) {
      becomeIdle();
    } else {
      established.dialForWaitingCalls();
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
    List<PendingPick> waiting = established.closeSlots();
    state.moveTo(ConnectivityState.IDLE);
    // The policy has updated its picker.
    pickAgain(waiting);
  }

  /** No frame was sent for these calls. The policy's own must not use another subchannel. */
  private void pickAgain(List<PendingPick> waiting) {
    for (PendingPick pick : waiting) {
      if (!channel().failWaiting(pick)) {
        repick.accept(pick);
      }
    }
  }

  private void attemptFailed(Status reason) {
    if (state.is(ConnectivityState.CONNECTING) && index.next()) {
      dial();
      return;
    }
    failure = state.is(ConnectivityState.CONNECTING) ? dialer.explain(reason) : reason;
    // The policy knows nothing of the attempts to add a connection, and cannot delay them.
    if (reconnects() || state.is(ConnectivityState.READY)) {
      backoff.begin();
    }
    if (state.is(ConnectivityState.CONNECTING)) {
      state.fail(failure);
    } else {
      replacer.attemptFailed(reason);
    }
    established.dialForWaitingCalls();
    if (!reconnects() && state.is(ConnectivityState.TRANSIENT_FAILURE)) {
      // The policy does the backoff itself; requestConnection must work at once, which needs IDLE.
      state.setSilently(ConnectivityState.IDLE);
    }
  }

  private boolean reconnects() {
    return !args().getOption(LoadBalancer.DISABLE_SUBCHANNEL_RECONNECT_KEY);
  }

  private void backoffEnded() {
    // Not where IDLE was reported: the policy decides when to leave it.
    if (state.is(ConnectivityState.TRANSIENT_FAILURE)) {
      startConnecting();
    }
    replacer.replaceOutdated();
    established.dialForWaitingCalls();
  }

  private void checkTerminated() {
    if (state.is(ConnectivityState.SHUTDOWN) && view.connections().isEmpty()) {
      onTerminated.accept(this);
    }
  }

  @Override
  public Attributes getConnectedAddressAttributes() {
    return connectedAttributes;
  }

  @Override
  public String toString() {
    return "AddrConn<" + view.id() + ">" + getAllAddresses();
  }

  /** A connection of this subchannel. */
  private final class Connection extends SubchannelConnection {
    Connection() {
      super(view, context.sync(), context.recorder());
    }

    @Override
    void ready() {
      AddrConn.this.ready(this);
    }

    @Override
    void streamsCounted() {
      AddrConn.this.streamsCounted(this);
    }

    @Override
    void slotFree() {
      SlotQueue queue = view.slots();
      if (queue != null) {
        queue.onSlotFree();
      }
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
