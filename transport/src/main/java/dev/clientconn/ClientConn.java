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
 * A gRPC channel over ClientConn's own HTTP/2 transport; see {@link ClientConnBuilder}. Safe for
 * any number of threads, and meant to be kept for as long as its target is called.
 *
 * <p>A new channel is idle: it looks nothing up and connects nowhere until its first call, or until
 * {@link #getState(boolean) getState(true)}.
 */
public final class ClientConn extends ManagedChannel {
  private final String target;
  private final ChannelCore control;
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
    this.control = new ChannelCore(options, threads, connector, random);
    this.tracker = control.tracker();
    this.subchannels = control.subchannels();
    this.latch = control.latch();
    this.calls = CallChannel.create(control, options, threads);
    this.watch = OrphanWatch.begin(this, target);
  }

  /**
   * Opens a channel over connections and threads of the caller's choice, and releases both if that
   * fails.
   */
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

  @Override
  public <ReqT, RespT> ClientCall<ReqT, RespT> newCall(
      MethodDescriptor<ReqT, RespT> method, CallOptions callOptions) {
    return calls.newCall(method, callOptions);
  }

  /**
   * The builder's override if there is one, else what the name resolver says: mostly
   * {@code host:port}.
   */
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
        target, tracker.state(), control.waitingCalls(), subchannels.snapshot());
  }

  /**
   * The channel's state; with {@code requestConnection} an idle channel begins to connect. The
   * state returned is the one before that.
   */
  @Override
  public ConnectivityState getState(boolean requestConnection) {
    ConnectivityState state = tracker.state();
    if (requestConnection) {
      control.execute(control::requestConnection);
    }
    return state;
  }

  /**
   * Runs {@code callback} once on the channel's executor: at the next change of the state, or now
   * if it is not {@code source} any more.
   */
  @Override
  public void notifyWhenStateChanged(ConnectivityState source, Runnable callback) {
    tracker.onChangeFrom(source, callback);
  }

  /**
   * Resolves the target's name anew and ends the waits between attempts to connect, after a change
   * of the network, say.
   */
  @Override
  public void resetConnectBackoff() {
    control.execute(control::resetBackoff);
  }

  /**
   * Closes the connections once their calls have ended, and stops resolving names until the next
   * call.
   */
  @Override
  public void enterIdle() {
    control.execute(control::enterIdle);
  }

  /**
   * Begins an orderly end and returns at once. Calls that were started go on, those that wait for a
   * connection included; new ones fail with UNAVAILABLE.
   */
  @Override
  public ClientConn shutdown() {
    watch.end();
    if (latch.begin()) {
      control.execute(control::shutdown);
    }
    return this;
  }

  /** Ends the channel now: calls fail with UNAVAILABLE, connections are closed. */
  @Override
  public ClientConn shutdownNow() {
    watch.end();
    if (latch.beginNow()) {
      control.execute(control::shutdownNow);
    }
    return this;
  }

  /** Whether {@link #shutdown} or {@link #shutdownNow} was called. */
  @Override
  public boolean isShutdown() {
    return latch.isBegun();
  }

  /**
   * Whether, after a shutdown, every call has ended, every connection is closed and every thread is
   * given back.
   */
  @Override
  public boolean isTerminated() {
    return latch.isTerminated();
  }

  /** Waits until {@link #isTerminated}; returns whether it was reached in time. */
  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return latch.await(timeout, unit);
  }

  @Override
  public String toString() {
    return "ClientConn[" + target + "]";
  }
}
