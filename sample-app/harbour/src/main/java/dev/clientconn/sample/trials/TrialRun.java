// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.trials;

import dev.clientconn.boot.test.FaultyServer;
import dev.clientconn.sample.v1.PortsGrpc.PortsStub;
import io.grpc.Context;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Runs one trial: its server, its calls, and what happens later. Ends them all together. */
final class TrialRun {

  private final Trial trial;
  private final TrialNames names;
  private final ScheduledExecutorService timer;
  private final Duration duration;
  private final TrialCalls calls;
  private final Context.CancellableContext context = Context.ROOT.withCancellation();
  private final long startNanos = System.nanoTime();
  private FaultyServer server = new FaultyServer();

  TrialRun(
      Trial trial,
      TrialNames names,
      PortsStub ports,
      ScheduledExecutorService timer,
      Duration duration) {
    this.trial = trial;
    this.names = names;
    this.timer = timer;
    this.duration = duration;
    this.calls =
        new TrialCalls(ports.withDeadlineAfter(duration.toMillis(), TimeUnit.MILLISECONDS), this);
  }

  void start() {
    prepareServer(trial.lookUp(duration));
    trial.run(this);
  }

  private synchronized void prepareServer(Duration lookUp) {
    trial.prepare(server);
    names.set(server.port(), lookUp);
  }

  Trial trial() {
    return trial;
  }

  /** Returns how long the trial lasts unless it is stopped. */
  Duration duration() {
    return duration;
  }

  TrialCalls calls() {
    return calls;
  }

  synchronized FaultyServer server() {
    return server;
  }

  /** Ends all connections without GOAWAY, and refuses new ones. */
  synchronized void killServer() {
    server.close();
  }

  /** Starts another server, on another port, which the name resolver has from now on. */
  synchronized void restartServer() {
    if (context.isCancelled()) {
      return; // The end came between the check of the timer and here: nobody would close it.
    }
    server = new FaultyServer();
    prepareServer(Duration.ZERO);
  }

  /** Does something in this trial, unless it has ended: calls end with it. */
  void now(Runnable action) {
    if (!context.isCancelled()) {
      context.run(action);
    }
  }

  /** Does something later, unless the trial has ended by then. */
  void after(Duration delay, Runnable action) {
    if (!timer.isShutdown()) {
      timer.schedule(() -> now(action), delay.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Returns the seconds until the trial ends by itself. */
  long secondsLeft() {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos);
    return Math.max(0, duration.toSeconds() - seconds);
  }

  /** Cancels the calls that are in progress, and stops the server. */
  synchronized void end() {
    context.cancel(null);
    server.close();
  }
}
