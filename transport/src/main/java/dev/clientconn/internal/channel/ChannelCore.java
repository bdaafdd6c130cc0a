// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.call.ConfigGate;
import dev.clientconn.internal.call.TransportSource;
import dev.clientconn.internal.call.TransportSource.PendingPick;
import dev.clientconn.internal.call.UnsentCalls;
import dev.clientconn.internal.concurrent.ChannelLog;
import dev.clientconn.internal.concurrent.ChannelThreads;
import dev.clientconn.internal.concurrent.SyncContextConfined;
import dev.clientconn.internal.serviceconfig.ServiceConfig;
import dev.clientconn.internal.transport.ChannelWaits;
import dev.clientconn.internal.transport.TransportConnector;
import dev.clientconn.transport.TransportEvent;
import dev.clientconn.transport.WaitCause;
import dev.clientconn.transport.WaitTotal;
import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer.FixedResultPicker;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.DoubleSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Drives the channel's state: exits idle, re-enters idle, exchanges its configuration, shuts down.
 * It owns what all configurations share, which is all that knows of calls; name resolution and
 * balancing are a {@link ChannelGeneration}'s. Other threads must go through {@link #execute}.
 */
@SyncContextConfined
public final class ChannelCore {
  private static final Logger LOGGER = ChannelLog.LOGGER;

  private final SynchronizationContext sync;
  private final ChannelThreads threads;
  private final ServiceConfigState serviceConfig;
  private final CallCounter calls;
  private final UnsentCalls unsent;
  private final ConfigGate gate;
  private final ConnectivityTracker tracker;
  private final PickerWrapper picker;
  private final AddrConns subchannels;
  private final ShutdownLatch latch = new ShutdownLatch();
  private final ChannelGeneration.Shared shared;

  private final Generations generations;
  private final QuietWatchers quietWatchers;

  private boolean panicked;
  private boolean shutdown;
  private boolean closed;

  public ChannelCore(
      ChannelOptions options,
      ChannelThreads threads,
      TransportConnector connector,
      DoubleSupplier random,
      ChannelRecorder recorder) {
    this.sync = new SynchronizationContext((thread, failure) -> panic(failure));
    this.threads = threads;
    ServiceConfig config = options.defaultServiceConfig();
    this.serviceConfig = new ServiceConfigState(config == null ? ServiceConfig.EMPTY : config);
    this.calls = new CallCounter(() -> sync.execute(this::onCallEnded));
    this.unsent = new UnsentCalls(threads.timers());
    Runnable exitIdle = () -> sync.execute(this::exitIdle);
    this.gate = new ConfigGate(!options.lookUpServiceConfig(), exitIdle);
    this.tracker = new ConnectivityTracker(threads.executor(), recorder);
    this.quietWatchers = new QuietWatchers(calls, tracker::notifyNow);
    this.subchannels = new AddrConns(this::terminateIfDone, this::repick);
    this.picker = new PickerWrapper(exitIdle, subchannels);
    this.shared = new ChannelGeneration.Shared(
        sync,
        new ProtectedTimers(threads.timers()),
        random,
        recorder,
        calls,
        subchannels,
        this::onState,
        this::onConfig,
        this::onResolved,
        this::onBroken,
        this::enterIdle);
    this.generations = new Generations(
        new ChannelGeneration(options, threads, connector, shared),
        this::onTakeOver,
        () -> sync.execute(this::terminateIfDone));
  }

  /** Any thread: runs {@code task} in the sync context, before returning if it is free. */
  public void execute(Runnable task) {
    sync.execute(task);
  }

  // ---- Idleness

  public void exitIdle() {
    ChannelGeneration current = generations.current();
    if (current.isActive() || panicked || closed) {
      return;
    }
    tracker.update(ConnectivityState.CONNECTING);
    picker.update(new FixedResultPicker(PickResult.withNoResult()), WaitCause.NAME_RESOLUTION);
    current.armIdle();
    current.start();
  }

  public void requestConnection() {
    exitIdle();
    ChannelGeneration current = generations.current();
    if (current.isActive()) {
      current.armIdle();
      current.requestConnection();
    }
  }

  public void enterIdle() {
    generations.takeOverNow();
    ChannelGeneration current = generations.current();
    if (!current.isActive()) {
      return;
    }
    current.stop();
    picker.update(null, WaitCause.NAME_RESOLUTION);
    tracker.update(ConnectivityState.IDLE, null);
    if (!current.isResolved()) {
      gate.close();
    }
    if (waitingCalls() > 0) {
      exitIdle();
    }
  }

  public void resetBackoff() {
    generations.resetBackoff();
  }

  /** Replaces all connections; one that is being made now is new enough. */
  public void replaceConnections() {
    subchannels.all().forEach(addrConn -> addrConn.replacer().replaceAll());
  }

  // ---- Events of a generation

  private void onState(ChannelGeneration changed) {
    if (generations.stateChanged(changed)) {
      publish(changed);
    }
  }

  private void publish(ChannelGeneration current) {
    // In this order: an observer of READY must find the picker.
    picker.update(current.picker(), current.waitCause());
    tracker.update(current.state(), current.failure());
  }

  private void onConfig(ChannelGeneration changed) {
    if (changed == generations.current()) {
      serviceConfig.use(changed.serviceConfig());
      gate.useSelector(changed.selector());
    }
  }

  private void onResolved(ChannelGeneration resolved) {
    if (resolved == generations.current()) {
      gate.open();
    }
  }

  private void onTakeOver() {
    ChannelGeneration current = generations.current();
    panicked = false;
    onConfig(current);
    if (current.isActive()) {
      current.armIdle();
      publish(current);
    }
    if (current.isResolved()) {
      gate.open();
    } else {
      // As in a new channel: the service config may have a retry policy or a timeout for the call.
      gate.close();
    }
  }

  private void repick(PendingPick pick) {
    picker.repick(pick);
  }

  // ---- Exchange of the configuration

  /** The executors of another configuration, with the timers of this channel. */
  ChannelThreads threadsWith(ChannelConfiguration made) {
    return threads.withExecutorsOf(made.threads().get());
  }

  /** Any thread. What it returns must be passed to {@link #exchange} or {@link #discard}. */
  ChannelGeneration newGeneration(
      ChannelOptions options, ChannelThreads own, TransportConnector connector) {
    return new ChannelGeneration(options, own, connector, shared);
  }

  /** Any thread: whether the last configuration failed, so that the same one has to connect. */
  public boolean isConfigurationFailed() {
    return generations.failed().isRecorded();
  }

  void discard(ChannelGeneration made) {
    generations.retire(made);
  }

  void exchange(ChannelGeneration made) {
    shared
        .recorder()
        .event(TransportEvent.Kind.RECONFIGURED, 0, made.options().target().text());
    if (shutdown) {
      generations.retire(made);
    } else if (generations.current().isActive() || panicked) {
      generations.replace(made);
    } else {
      generations.replaceIdle(made);
    }
  }

  // ---- End

  /** Calls {@code callback} once, on the executor, when no call is active: at once, or later. */
  public void whenQuiet(Runnable callback) {
    quietWatchers.add(callback);
    onCallEnded();
  }

  private void onCallEnded() {
    quietWatchers.notifyIfQuiet(shutdown);
    if (shutdown) {
      closeIfNoCalls();
    }
  }

  /** Started calls finish first. */
  public void shutdown() {
    beginShutdown();
    closeIfNoCalls();
  }

  public void shutdownNow() {
    beginShutdown();
    close(ShutdownLatch.SHUTDOWN_NOW);
    subchannels.shutdownNow(ShutdownLatch.SHUTDOWN_NOW);
    terminateIfDone();
  }

  private void beginShutdown() {
    shutdown = true;
    generations.dropNext();
    tracker.update(ConnectivityState.SHUTDOWN);
    calls.watch(true);
  }

  private void closeIfNoCalls() {
    if (!closed && calls.isQuiet()) {
      close(ShutdownLatch.SHUTDOWN);
    }
    terminateIfDone();
  }

  private void close(Status reason) {
    closed = true;
    picker.shutdown(reason);
    unsent.end(reason);
    gate.end(reason);
    generations.current().close();
    sync.execute(this::terminateIfDone);
  }

  private void terminateIfDone() {
    generations.closeUnusedConnectors();
    if (closed && !latch.isTerminated() && subchannels.isEmpty() && calls.isQuiet()) {
      try {
        generations.current().closeConnectorIfUnused();
      } finally {
        threads.release().run();
        latch.terminate();
      }
    }
  }

  private void panic(Throwable failure) {
    onBroken(generations.current(), failure);
  }

  /**
   * Fails every call with what a policy or resolver threw: it cannot be used any more. Never
   * throws.
   */
  private void onBroken(ChannelGeneration broken, Throwable failure) {
    boolean inForce = generations.dropBroken(broken);
    LOGGER.log(
        Level.SEVERE,
        "[" + broken.options().target().text() + "] Uncaught exception in the channel's control"
            + " plane"
            + (inForce
                ? "; its calls fail until it is built anew"
                : ", of a configuration that is not in force"),
        failure);
    if (!inForce || panicked) {
      return;
    }
    panicked = true;
    Status status = Status.INTERNAL
        .withDescription(
            "The channel failed and must be built anew: uncaught exception in its control plane: "
                + failure)
        .withCause(failure);
    // First, so that no call waits, whatever the rest throws.
    picker.update(new FixedResultPicker(PickResult.withDrop(status)), WaitCause.NAME_RESOLUTION);
    tracker.update(ConnectivityState.TRANSIENT_FAILURE, status);
    gate.useSelector(null);
    gate.open();
    try {
      broken.stop();
      generations.takeOverNow();
    } catch (Throwable t) {
      LOGGER.log(Level.SEVERE, "The channel's control plane could not be shut down either", t);
    }
  }

  // ---- Parts

  public TransportSource transports() {
    return picker;
  }

  public int waitingCalls() {
    return picker.waitingCalls() + gate.waitingCalls();
  }

  ChannelWaits waits() {
    return shared.recorder().waits();
  }

  public Map<WaitCause, WaitTotal> waitTotals() {
    return waits().snapshot(threads.nanoTime().getAsLong());
  }

  CallCounter calls() {
    return calls;
  }

  ConfigGate gate() {
    return gate;
  }

  DoubleSupplier random() {
    return shared.random();
  }

  UnsentCalls unsent() {
    return unsent;
  }

  public ConnectivityTracker tracker() {
    return tracker;
  }

  /** Finds what a list of the streams has to ask. */
  public StreamSurvey.Source surveySource() {
    return new SurveySource(gate, picker, subchannels, unsent);
  }

  /** Runs what may block. */
  public Executor offloadExecutor() {
    return threads.offloadExecutor();
  }

  public AddrConns subchannels() {
    return subchannels;
  }

  ServiceConfigState serviceConfig() {
    return serviceConfig;
  }

  public ShutdownLatch latch() {
    return latch;
  }

  /** Of the first configuration. */
  public String authority() {
    return generations.current().authority();
  }
}
