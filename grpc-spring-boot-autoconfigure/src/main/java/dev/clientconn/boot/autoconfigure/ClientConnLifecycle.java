// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.internal.concurrent.CrossesThreads;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.context.SmartLifecycle;

/**
 * Shuts the channels down when the application stops, after its servers, so that requests in
 * progress can still make calls. Calls in flight have the grace period of their target to
 * complete; then they are cancelled. Channels are not restarted.
 */
@CrossesThreads
final class ClientConnLifecycle implements SmartLifecycle {

  /** Web servers stop in DEFAULT_PHASE - 2048 at the latest; lower phases stop later. */
  static final int PHASE = DEFAULT_PHASE - 3072;

  /** Time for cancelled calls to notify their listeners. */
  private static final Duration AFTERMATH = Duration.ofSeconds(1);

  static final Duration DEFAULT_GRACE_PERIOD = Duration.ofSeconds(30);

  private final ClientConnRegistry clients;

  private final InheritedSettings settings;

  private final SeparateChannels separate;

  private volatile boolean running;

  ClientConnLifecycle(
      ClientConnRegistry clients, InheritedSettings settings, SeparateChannels separate) {
    this.clients = clients;
    this.settings = settings;
    this.separate = separate;
  }

  @Override
  public void start() {
    this.running = true;
  }

  @Override
  public boolean isRunning() {
    return this.running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }

  /** A paused context would resume with channels that are shut down. */
  @Override
  public boolean isPauseable() {
    return false;
  }

  @Override
  public void stop() {
    stop(() -> {});
  }

  @Override
  public void stop(Runnable callback) {
    this.running = false;
    List<Ending> endings = begin();
    if (endings.stream().allMatch(ending -> ending.channel.isTerminated())) {
      callback.run();
      return;
    }
    Thread waiter = new Thread(() -> await(endings, callback), "grpc-client-shutdown");
    waiter.setDaemon(true);
    waiter.start();
  }

  /**
   * Shuts all channels down. Sorted by grace period, so that waiting for one channel does not delay
   * the cancellation of calls of another.
   */
  private List<Ending> begin() {
    long now = System.nanoTime();
    return this.clients.channels().entrySet().stream()
        .map(entry -> new Ending(entry.getValue(), grace(entry.getKey()), now))
        .sorted(Comparator.comparingLong(Ending::graceNanos))
        .peek(Ending::begin)
        .toList();
  }

  private long grace(String target) {
    Duration ofSeparate = this.separate.gracePeriod(target);
    Duration configured = ofSeparate == null ? this.settings.gracePeriod(target) : ofSeparate;
    Duration grace = configured == null ? DEFAULT_GRACE_PERIOD : configured;
    return grace.isNegative() ? Long.MAX_VALUE : TimeUnit.NANOSECONDS.convert(grace);
  }

  private static void await(List<Ending> endings, Runnable callback) {
    try {
      for (Ending ending : endings) {
        ending.await();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      endings.forEach(ending -> ending.channel.shutdownNow());
      callback.run();
    }
  }

  /** The shutdown of one channel. */
  private record Ending(ClientConn channel, long graceNanos, long began) {

    void begin() {
      if (this.graceNanos == 0) {
        this.channel.shutdownNow();
      } else {
        this.channel.shutdown();
      }
    }

    void await() throws InterruptedException {
      long left = this.graceNanos - (System.nanoTime() - this.began);
      if (!this.channel.awaitTermination(left, TimeUnit.NANOSECONDS)) {
        this.channel.shutdownNow();
        this.channel.awaitTermination(AFTERMATH.toNanos(), TimeUnit.NANOSECONDS);
      }
    }
  }
}
