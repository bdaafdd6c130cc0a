// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.trials;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.GrpcClient;
import dev.clientconn.sample.v1.PortsGrpc.PortsStub;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Starts and ends trials, one at a time. */
@Component
class Trials {

  /** The calls end at their deadline; the server a little later, so that none fails before. */
  private static final Duration AFTER_THE_CALLS = Duration.ofMillis(500);

  private final ClientConn channel;
  private final PortsStub ports;
  private final TrialNames names;
  private final Duration duration;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private @Nullable TrialRun run;

  Trials(
      @GrpcClient("trials") ClientConn channel,
      @GrpcClient("trials") PortsStub ports,
      TrialNames names,
      @Value("${harbour.trial-duration}") Duration duration) {
    this.channel = channel;
    this.ports = ports;
    this.names = names;
    this.duration = duration;
  }

  /** Ends the trial that runs, and starts another one on a new connection. */
  synchronized void start(Trial trial) {
    stop();
    channel.enterIdle();
    TrialRun started = new TrialRun(trial, names, ports, timer, duration);
    run = started;
    started.start();
    timer.schedule(
        () -> end(started), duration.plus(AFTER_THE_CALLS).toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ends the trial that runs, if one does. */
  synchronized void stop() {
    if (run != null) {
      end(run);
    }
  }

  private synchronized void end(TrialRun ended) {
    ended.end();
    if (run == ended) {
      run = null;
    }
  }

  /** Returns the trial that runs. */
  synchronized @Nullable TrialRun running() {
    return run;
  }

  @PreDestroy
  void close() {
    stop();
    timer.shutdownNow();
  }
}
