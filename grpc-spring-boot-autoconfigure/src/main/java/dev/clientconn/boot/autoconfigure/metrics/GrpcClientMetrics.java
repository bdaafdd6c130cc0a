// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.transport.TransportListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * Registers meters of the transport for each target: connections, stream slots, flow-control
 * windows and repeated attempts. Gauges read snapshots when they are read themselves; only waits
 * and repeated attempts cost anything in between.
 */
@CrossesThreads
public final class GrpcClientMetrics implements MeterBinder, AutoCloseable {

  private final Supplier<ClientConnRegistry> clients;

  private final List<MeterRegistry> registries = new CopyOnWriteArrayList<>();

  private final Map<String, Target> targets = new ConcurrentHashMap<>();

  /**
   * Creates the meters; none is registered before {@link #bindTo}.
   *
   * @param clients supplies the channels; called when meters are read, not before
   */
  public GrpcClientMetrics(Supplier<ClientConnRegistry> clients) {
    this.clients = clients;
  }

  @Override
  public synchronized void bindTo(MeterRegistry registry) {
    this.registries.add(registry);
    this.targets.values().forEach(target -> target.bindTo(registry));
  }

  /**
   * Registers the meters of a target.
   *
   * @param target the name of the target, the value of the tag {@code target}
   * @return the listener for waits and repeated attempts, to be set on the builder of the channel
   */
  public synchronized TransportListener listenerFor(String target) {
    return this.targets.computeIfAbsent(target, this::start);
  }

  /** Removes all meters. */
  @Override
  public synchronized void close() {
    this.targets.values().forEach(Target::remove);
    this.targets.clear();
    this.registries.clear();
  }

  private Target start(String name) {
    Target target = new Target(name, this.clients);
    this.registries.forEach(target::bindTo);
    return target;
  }

  /** The meters of one target in all registries. */
  @CrossesThreads
  private static final class Target implements TransportListener {

    private final String name;

    private final TotalsCache totals;

    private final List<TargetMeters> meters = new CopyOnWriteArrayList<>();

    Target(String name, Supplier<ClientConnRegistry> clients) {
      this.name = name;
      this.totals = new TotalsCache(
          () -> TotalsCache.of(clients.get().channels().get(name)), System::nanoTime);
    }

    void bindTo(MeterRegistry registry) {
      TargetMeters each = new TargetMeters(registry, this.name, this.totals);
      each.register();
      this.meters.add(each);
    }

    void remove() {
      this.meters.forEach(TargetMeters::remove);
      this.meters.clear();
    }

    @Override
    public void streamSlotWaited(WaitOutcome outcome, long nanos) {
      for (TargetMeters each : this.meters) {
        each.waited(outcome, nanos);
      }
    }

    @Override
    public void attemptRepeated(RepeatReason reason) {
      for (TargetMeters each : this.meters) {
        each.repeated(reason);
      }
    }
  }
}
