// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnRefresher;
import dev.clientconn.internal.concurrent.CrossesThreads;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Connects channels at the start, and ends them when the application stops, after its servers, so
 * that requests in progress can still make calls. Calls in flight have the grace period of their
 * target to complete; then they are cancelled.
 *
 * <p>Where the context is closed, channels take calls until their beans are destroyed, for
 * {@code @PreDestroy} methods. Where it is only stopped or paused, they are shut down, and the next
 * start opens them anew.
 */
@CrossesThreads
final class ClientConnLifecycle implements SmartLifecycle, ApplicationListener<ContextClosedEvent> {

  /** Web servers stop in DEFAULT_PHASE - 2048 at the latest; lower phases stop later. */
  static final int PHASE = DEFAULT_PHASE - 3072;

  static final Duration DEFAULT_GRACE_PERIOD = Duration.ofSeconds(30);

  private final ApplicationContext context;

  private final ClientConnRecorder clients;

  private final InheritedSettings settings;

  private final SeparateChannels separate;

  private final ClientConnRefresher refresher;

  /** The ends that the last stop has begun. */
  private final Map<ClientConn, ChannelEnding> endings = new ConcurrentHashMap<>();

  private volatile boolean running;

  private volatile boolean closing;

  ClientConnLifecycle(
      ApplicationContext context,
      ClientConnRecorder clients,
      InheritedSettings settings,
      SeparateChannels separate,
      ClientConnRefresher refresher) {
    this.context = context;
    this.clients = clients;
    this.settings = settings;
    this.separate = separate;
    this.refresher = refresher;
    clients.onDestruction(this::end);
    separate.retainIf(this.endings::containsKey);
  }

  @Override
  public void start() {
    if (!this.endings.isEmpty()) {
      this.endings.values().forEach(ChannelEnding::restart);
      this.endings.clear();
      // The environment may have changed, as in a process that is restored from a checkpoint.
      this.refresher.refresh();
    }
    this.running = true;
    new ConnectionsAtStart(this.settings).connect(this.clients.channels());
  }

  @Override
  public boolean isRunning() {
    return this.running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }

  /** Runs before the beans are stopped. */
  @Override
  public void onApplicationEvent(ContextClosedEvent event) {
    if (event.getApplicationContext() == this.context) {
      this.closing = true;
    }
  }

  @Override
  public void stop() {
    stop(() -> {});
  }

  @Override
  public void stop(Runnable callback) {
    this.running = false;
    List<ChannelEnding> begun = begin();
    if (begun.stream().allMatch(ChannelEnding::isDone)) {
      callback.run();
      return;
    }
    Thread waiter = new Thread(() -> await(begun, callback), "grpc-client-shutdown");
    waiter.setDaemon(true);
    waiter.start();
  }

  /**
   * Ends all channels. Sorted by grace period, so that waiting for one channel does not delay the
   * cancellation of calls of another.
   */
  private List<ChannelEnding> begin() {
    this.clients
        .channels()
        .forEach((target, channel) -> this.endings.computeIfAbsent(
            channel, each -> new ChannelEnding(each, graceNanos(target), !this.closing)));
    return this.endings.values().stream()
        .sorted(Comparator.comparingLong(ChannelEnding::graceNanos))
        .peek(ChannelEnding::begin)
        .toList();
  }

  private long graceNanos(String target) {
    Duration ofSeparate = this.separate.gracePeriod(target);
    Duration configured = ofSeparate == null ? this.settings.gracePeriod(target) : ofSeparate;
    Duration grace = configured == null ? DEFAULT_GRACE_PERIOD : configured;
    return grace.isNegative() ? Long.MAX_VALUE : TimeUnit.NANOSECONDS.convert(grace);
  }

  private static void await(List<ChannelEnding> endings, Runnable callback) {
    try {
      for (ChannelEnding ending : endings) {
        ending.await();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      endings.forEach(ChannelEnding::cancelCalls);
      callback.run();
    }
  }

  /** The bean of a channel is being destroyed: those that depend on it have been. */
  private void end(ClientConn channel) {
    ChannelEnding ending = this.endings.get(channel);
    if (ending != null) {
      ending.finish();
    }
  }
}
