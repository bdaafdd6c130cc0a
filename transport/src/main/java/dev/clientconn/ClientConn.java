// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.internal.channel.CallChannel;
import dev.clientconn.internal.channel.ChannelConfiguration;
import dev.clientconn.internal.channel.ChannelCore;
import dev.clientconn.internal.channel.ChannelOptions;
import dev.clientconn.internal.channel.ChannelRecorder;
import dev.clientconn.internal.channel.PolicyChannel;
import dev.clientconn.internal.channel.Reconfiguration;
import dev.clientconn.internal.channel.StreamSurvey;
import dev.clientconn.internal.concurrent.ChannelThreads;
import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.transport.TransportConnector;
import dev.clientconn.transport.ClientConnSnapshot;
import dev.clientconn.transport.StreamSnapshot;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes gRPC calls to one target over ClientConn's own HTTP/2 transport; built by {@link
 * ClientConnBuilder}. Safe for any number of threads. Use one channel for as long as its target is
 * called, and shut it down afterwards.
 *
 * <p>A new channel is idle: it resolves no name and opens no connection until its first call, or
 * until {@link #getState(boolean) getState(true)}. No method blocks, except {@link
 * #awaitTermination}.
 *
 * <p>{@link ClientConnBuilder#applyTo} gives a channel that is used another configuration. The
 * channel and its stubs stay the same objects, and no call is lost:
 *
 * <ul>
 *   <li>Calls that are made from then on have the new settings of calls: interceptors, call
 *       credentials, executors, limits of messages. Calls that were made before keep theirs.
 *   <li>Where a setting of connections, name resolution or load balancing differs, the channel
 *       connects anew, beside the connections that it has. These take new calls until one of the
 *       new connections is ready; then they take none, and close when their calls have ended. Where
 *       none of them is ready, or the new configuration asks for TLS and the old one does not, the
 *       new one is used at once. Calls that wait are moved to it. While the new configuration
 *       cannot connect, the old connections stay in use for as long as they last, and one warning
 *       is logged.
 *   <li>Where no such setting differs, the connections stay.
 * </ul>
 */
@CrossesThreads
public final class ClientConn extends ManagedChannel {
  private static final VarHandle CALLS = callsHandle();

  private final DoubleSupplier random;
  private final ChannelRecorder recorder = new ChannelRecorder();
  /** Guards changes of the fields below. */
  private final Object lock = new Object();

  private volatile ChannelConfiguration configuration;
  private volatile ChannelCore core;
  private volatile OrphanWatch watch;
  /** Created for the first list of streams. */
  private volatile @Nullable StreamSurvey survey;

  /**
   * Makes calls with the configuration in force. Read once for each call, as an opaque value, which
   * costs what a plain one does: what it refers to is immutable, and safe to read by its final
   * fields.
   */
  @SuppressWarnings("UnusedVariable") // read by the handle
  private Channel calls;

  private ClientConn(ChannelConfiguration configuration, DoubleSupplier random) {
    this.random = random;
    this.configuration = configuration;
    Opened opened = open(configuration, random, recorder);
    this.core = opened.core;
    this.calls = opened.calls;
    this.watch = OrphanWatch.begin(this, configuration.options().target().text());
  }

  /** A core, and the channel that makes its calls. */
  private record Opened(ChannelCore core, Channel calls) {}

  /** Opens a channel over connections and threads of its own; releases both if that fails. */
  static ClientConn open(ChannelConfiguration configuration) {
    return new ClientConn(configuration, () -> ThreadLocalRandom.current().nextDouble());
  }

  private static Opened open(
      ChannelConfiguration configuration, DoubleSupplier random, ChannelRecorder recorder) {
    TransportConnector connector = configuration.connectors().get();
    ChannelThreads threads = null;
    try {
      threads = configuration.threads().get();
      ChannelOptions options = configuration.options();
      ChannelCore core = new ChannelCore(options, threads, connector, random, recorder);
      return new Opened(core, CallChannel.create(core, options, threads));
    } catch (Throwable t) {
      connector.close();
      if (threads != null) {
        threads.release().run();
      }
      throw t;
    }
  }

  private static VarHandle callsHandle() {
    try {
      return MethodHandles.lookup().findVarHandle(ClientConn.class, "calls", Channel.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * Makes a call, through the builder's interceptors. After {@link #shutdown} the call fails with
   * UNAVAILABLE when it is started.
   */
  @Override
  public <ReqT, RespT> ClientCall<ReqT, RespT> newCall(
      MethodDescriptor<ReqT, RespT> method, CallOptions callOptions) {
    return calls().newCall(method, callOptions);
  }

  /** Returns the builder's override, or else the name resolver's authority: {@code host:port}. */
  @Override
  public String authority() {
    return calls().authority();
  }

  private Channel calls() {
    return (Channel) CALLS.getOpaque(this);
  }

  /** For a channel that a policy has opened, and does not restart. */
  PolicyChannel asPolicyChannel() {
    ChannelCore open = core;
    return new PolicyChannel(this, open.latch(), () -> open.subchannels().snapshot(), recorder);
  }

  /** Returns whether the configuration is in force: false after a shutdown. */
  boolean reconfigure(ChannelConfiguration next) {
    synchronized (lock) {
      ChannelCore open = core;
      if (open.latch().isBegun()) {
        return false;
      }
      boolean sameConnections = !open.isConfigurationFailed()
          && next.connectionKey().equals(configuration.connectionKey());
      Channel replaced = sameConnections
          ? Reconfiguration.applyToCalls(open, next, calls().authority())
          : Reconfiguration.apply(open, next);
      configuration = next;
      CALLS.setOpaque(this, replaced);
      return !open.latch().isBegun();
    }
  }

  /**
   * Opens a channel anew that was shut down, with its last configuration. It is idle then, and
   * {@link #isShutdown} and {@link #isTerminated} return false again; calls of the time before the
   * shutdown still end as the shutdown demands. For applications whose life goes on after a
   * shutdown: a context that is stopped and started, a process that is restored from a checkpoint.
   *
   * @return whether it was opened; false if it is not shut down
   */
  public boolean restart() {
    synchronized (lock) {
      if (!core.latch().isBegun()) {
        return false;
      }
      Opened opened = open(configuration, random, recorder);
      core = opened.core;
      CALLS.setOpaque(this, opened.calls);
      watch = OrphanWatch.begin(this, configuration.options().target().text());
      return true;
    }
  }

  /**
   * Runs {@code callback} once on the channel's executor, when the channel has no call that was
   * started and has not ended: now, or later. New calls are accepted meanwhile. What it throws is
   * logged.
   *
   * @param callback runs at most once
   */
  public void notifyWhenQuiet(Runnable callback) {
    ChannelCore open = core;
    open.execute(() -> open.whenQuiet(callback));
  }

  /**
   * Reads the channel's state, subchannels, connections, stream slots and windows. Never blocks;
   * any thread may call it.
   *
   * @return the channel as it is now
   */
  public ClientConnSnapshot snapshot() {
    ChannelCore open = core;
    Status failure = open.tracker().failure();
    return new ClientConnSnapshot(
        target(),
        open.tracker().state(),
        open.waitingCalls(),
        open.subchannels().snapshot(),
        failure == null ? null : String.valueOf(failure.getDescription()),
        open.waitTotals(),
        recorder.totals(),
        recorder.events());
  }

  /**
   * Lists the open streams of the channel, and its calls that have none yet, with what each waits
   * for. Never blocks; any thread may call it, in callbacks of calls, too. Event loops list their
   * streams in small parts, between their other work. Streams that open or end meanwhile may be
   * left out, and no stream is listed twice. Requests at the same time share one list.
   *
   * <p>The result is completed on the channel's offload executor. It is completed in any case, also
   * where the channel is shut down meanwhile; do not wait for it on an event loop, which is where
   * callbacks run with a direct executor.
   *
   * @return the future list
   */
  public CompletableFuture<List<StreamSnapshot>> streamSnapshots() {
    StreamSurvey known = survey;
    return (known == null ? createSurvey() : known).request();
  }

  private StreamSurvey createSurvey() {
    synchronized (lock) {
      StreamSurvey known = survey;
      if (known == null) {
        Executor offload = task -> core.offloadExecutor().execute(task);
        known = new StreamSurvey(() -> core.surveySource(), offload);
        survey = known;
      }
      return known;
    }
  }

  /**
   * Returns the channel's state.
   *
   * @param requestConnection whether an idle channel begins to connect; the state returned is the
   *     one before that
   */
  @Override
  public ConnectivityState getState(boolean requestConnection) {
    ChannelCore open = core;
    ConnectivityState state = open.tracker().state();
    if (requestConnection) {
      open.execute(open::requestConnection);
    }
    return state;
  }

  /**
   * Runs {@code callback} once on the channel's executor, when the state is no longer
   * {@code source}: at the next change, or now. What it throws is logged.
   */
  @Override
  public void notifyWhenStateChanged(ConnectivityState source, Runnable callback) {
    core.tracker().onChangeFrom(source, callback);
  }

  /**
   * Resolves the target's name again at once, whatever the intervals, and ends the delays between
   * attempts to connect; for use after a change of the network. Connections stay in use, and an
   * idle channel stays idle.
   */
  @Override
  public void resetConnectBackoff() {
    ChannelCore open = core;
    open.execute(open::resetBackoff);
  }

  /**
   * Replaces each connection that the channel has now by a new one to the same address. The old
   * connection takes calls until the new one is ready, and then has the time of {@link
   * ClientConnBuilder#maxConnectionAgeGrace} to finish its calls. While a new one cannot be made,
   * the old one stays in use, and further attempts follow. Returns at once; an idle channel stays
   * idle.
   */
  public void replaceConnections() {
    ChannelCore open = core;
    open.execute(open::replaceConnections);
  }

  /**
   * Goes idle: connections close once their calls have ended, and no name is resolved until the
   * next call.
   */
  @Override
  public void enterIdle() {
    ChannelCore open = core;
    open.execute(open::enterIdle);
  }

  /**
   * Starts an orderly shutdown and returns at once. Calls that were started continue, those that
   * wait for a connection included; new ones fail with UNAVAILABLE.
   */
  @Override
  public ClientConn shutdown() {
    ChannelCore open = core;
    watch.end();
    if (open.latch().begin()) {
      open.execute(open::shutdown);
    }
    return this;
  }

  /** Shuts down now: all calls fail with UNAVAILABLE, and connections close. Returns at once. */
  @Override
  public ClientConn shutdownNow() {
    ChannelCore open = core;
    watch.end();
    if (open.latch().beginNow()) {
      open.execute(open::shutdownNow);
    }
    return this;
  }

  /** Returns whether {@link #shutdown} or {@link #shutdownNow} was called. */
  @Override
  public boolean isShutdown() {
    return core.latch().isBegun();
  }

  /**
   * Returns whether, after a shutdown, all calls have ended, connections closed, threads released.
   */
  @Override
  public boolean isTerminated() {
    return core.latch().isTerminated();
  }

  /**
   * Waits until {@link #isTerminated}. Must not be called in a callback that the channel runs.
   *
   * @return whether it terminated in time
   * @throws InterruptedException if the thread is interrupted
   */
  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return core.latch().await(timeout, unit);
  }

  private String target() {
    return configuration.options().target().text();
  }

  @Override
  public String toString() {
    return "ClientConn[" + target() + "]";
  }
}
