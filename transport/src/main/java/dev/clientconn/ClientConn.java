// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.internal.channel.AddrConns;
import dev.clientconn.internal.channel.CallChannel;
import dev.clientconn.internal.channel.ChannelCore;
import dev.clientconn.internal.channel.ChannelOptions;
import dev.clientconn.internal.channel.ConnectivityTracker;
import dev.clientconn.internal.channel.ShutdownLatch;
import dev.clientconn.internal.concurrent.ChannelThreads;
import dev.clientconn.internal.transport.TransportConnector;
import dev.clientconn.transport.ClientConnSnapshot;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * Makes gRPC calls to one target over ClientConn's own HTTP/2 transport; built by {@link
 * ClientConnBuilder}. Safe for any number of threads. Use one channel for as long as its target is
 * called, and shut it down afterwards.
 *
 * <p>A new channel is idle: it resolves no name and opens no connection until its first call, or
 * until {@link #getState(boolean) getState(true)}. No method blocks, except {@link
 * #awaitTermination}.
 */
public final class ClientConn extends ManagedChannel {
  private final String target;
  private final ChannelCore core;
  private final ConnectivityTracker tracker;
  private final AddrConns subchannels;
  private final ShutdownLatch latch;
  private final Channel calls;
  private final OrphanWatch watch;

  private ClientConn(
      ChannelOptions options,
      ChannelThreads threads,
      TransportConnector connector,
      DoubleSupplier random) {
    this.target = options.target().text();
    this.core = new ChannelCore(options, threads, connector, random);
    this.tracker = core.tracker();
    this.subchannels = core.subchannels();
    this.latch = core.latch();
    this.calls = CallChannel.create(core, options, threads);
    this.watch = OrphanWatch.begin(this, target);
  }

  /** Opens a channel over the given connections and threads, and releases both if that fails. */
  static ClientConn open(
      ChannelOptions options, TransportConnector connector, ChannelThreads threads) {
    try {
      return new ClientConn(
          options, threads, connector, () -> ThreadLocalRandom.current().nextDouble());
    } catch (Throwable t) {
      connector.close();
      threads.release().run();
      throw t;
    }
  }

  /**
   * Makes a call, through the builder's interceptors. After {@link #shutdown} the call fails with
   * UNAVAILABLE when it is started.
   */
  @Override
  public <ReqT, RespT> ClientCall<ReqT, RespT> newCall(
      MethodDescriptor<ReqT, RespT> method, CallOptions callOptions) {
    return calls.newCall(method, callOptions);
  }

  /** Returns the builder's override, or else the name resolver's authority: {@code host:port}. */
  @Override
  public String authority() {
    return calls.authority();
  }

  /**
   * Reads the channel's state, subchannels, connections, stream slots and windows. Never blocks;
   * any thread may call it.
   *
   * @return the channel as it is now
   */
  public ClientConnSnapshot snapshot() {
    return new ClientConnSnapshot(
        target, tracker.state(), core.waitingCalls(), subchannels.snapshot());
  }

  /**
   * Returns the channel's state.
   *
   * @param requestConnection whether an idle channel begins to connect; the state returned is the
   *     one before that
   */
  @Override
  public ConnectivityState getState(boolean requestConnection) {
    ConnectivityState state = tracker.state();
    if (requestConnection) {
      core.execute(core::requestConnection);
    }
    return state;
  }

  /**
   * Runs {@code callback} once on the channel's executor, when the state is no longer
   * {@code source}: at the next change, or now. What it throws is logged.
   */
  @Override
  public void notifyWhenStateChanged(ConnectivityState source, Runnable callback) {
    tracker.onChangeFrom(source, callback);
  }

  /**
   * Resolves the target's name again at once, whatever the intervals, and ends the delays between
   * attempts to connect; for use after a change of the network. Connections stay in use, and an
   * idle channel stays idle.
   */
  @Override
  public void resetConnectBackoff() {
    core.execute(core::resetBackoff);
  }

  /**
   * Goes idle: connections close once their calls have ended, and no name is resolved until the
   * next call.
   */
  @Override
  public void enterIdle() {
    core.execute(core::enterIdle);
  }

  /**
   * Starts an orderly shutdown and returns at once. Calls that were started continue, those that
   * wait for a connection included; new ones fail with UNAVAILABLE.
   */
  @Override
  public ClientConn shutdown() {
    watch.end();
    if (latch.begin()) {
      core.execute(core::shutdown);
    }
    return this;
  }

  /** Shuts down now: all calls fail with UNAVAILABLE, and connections close. Returns at once. */
  @Override
  public ClientConn shutdownNow() {
    watch.end();
    if (latch.beginNow()) {
      core.execute(core::shutdownNow);
    }
    return this;
  }

  /** Returns whether {@link #shutdown} or {@link #shutdownNow} was called. */
  @Override
  public boolean isShutdown() {
    return latch.isBegun();
  }

  /**
   * Returns whether, after a shutdown, all calls have ended, connections closed, threads released.
   */
  @Override
  public boolean isTerminated() {
    return latch.isTerminated();
  }

  /**
   * Waits until {@link #isTerminated}. Must not be called in a callback that the channel runs.
   *
   * @return whether it terminated in time
   * @throws InterruptedException if the thread is interrupted
   */
  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return latch.await(timeout, unit);
  }

  @Override
  public String toString() {
    return "ClientConn[" + target + "]";
  }
}
