// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnRegistry;
import dev.clientconn.boot.GrpcTransportMeterConvention;
import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.transport.TransportListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Registers the meters of the transport for each target, which {@link TransportMeter} defines. They
 * read snapshots when they are read themselves; only waits for a stream slot and repeated attempts
 * cost anything in between.
 */
@CrossesThreads
public final class GrpcClientMetrics implements MeterBinder, AutoCloseable {

  private final Supplier<ClientConnRegistry> clients;

  private final Supplier<CheckedConvention> convention;

  private @Nullable MeterIds ids;

  private final List<MeterRegistry> registries = new CopyOnWriteArrayList<>();

  private final Map<String, Target> targets = new ConcurrentHashMap<>();

  /**
   * Creates the meters; none is registered before {@link #bindTo}.
   *
   * @param clients supplies the channels; called when meters are read, not before
   */
  public GrpcClientMetrics(Supplier<ClientConnRegistry> clients) {
    this(clients, () -> new CheckedConvention("default", null));
  }

  /**
   * Creates the meters with names and tags of a convention.
   *
   * @param clients supplies the channels; called when meters are read, not before
   * @param convention decides names and tags
   */
  public GrpcClientMetrics(
      Supplier<ClientConnRegistry> clients, GrpcTransportMeterConvention convention) {
    this(clients, () -> new CheckedConvention(convention.getClass().getName(), convention));
  }

  /**
   * Creates the meters with names and tags of a convention that is looked up at the first target:
   * the bean may need beans that need channels.
   */
  GrpcClientMetrics(Supplier<ClientConnRegistry> clients, Supplier<CheckedConvention> convention) {
    this.clients = clients;
    this.convention = convention;
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

  /**
   * Removes the meters of a target, whose channel has ended.
   *
   * @param target the name of the target
   */
  public synchronized void remove(String target) {
    Target removed = this.targets.remove(target);
    if (removed != null) {
      removed.remove();
    }
  }

  /** Removes all meters. */
  @Override
  public synchronized void close() {
    this.targets.values().forEach(Target::remove);
    this.targets.clear();
    this.registries.clear();
  }

  private Target start(String name) {
    if (this.ids == null) {
      this.ids = new MeterIds(this.convention.get());
    }
    Target target = new Target(name, this.clients, this.ids);
    this.registries.forEach(target::bindTo);
    return target;
  }

  /** Reads the channel of a target. */
  private record ChannelSource(ClientConn channel) implements ReadingCache.Source {

    @Override
    public TransportReading read() {
      return SnapshotFigures.of(this.channel.snapshot());
    }
  }

  /** The meters of one target in all registries. */
  @CrossesThreads
  private static final class Target implements TransportListener {

    private static final Map<WaitOutcome, Series> SLOT_WAITS =
        series(TransportMeter.STREAMS_PENDING_TIME, WaitOutcome.class);

    private static final Map<RepeatReason, Series> REPEATS =
        series(TransportMeter.ATTEMPTS_REPEATED, RepeatReason.class);

    private final String name;

    private final ReadingCache readings;

    private final MeterIds ids;

    private final List<TargetMeters> meters = new CopyOnWriteArrayList<>();

    Target(String name, Supplier<ClientConnRegistry> clients, MeterIds ids) {
      this.name = name;
      this.ids = ids;
      this.readings = new ReadingCache(name, () -> source(name, clients), System::nanoTime);
    }

    private static <E extends Enum<E>> Map<E, Series> series(TransportMeter meter, Class<E> type) {
      Map<E, Series> series = new EnumMap<>(type);
      for (E constant : type.getEnumConstants()) {
        series.put(constant, Series.of(meter, MeterTag.value(constant)));
      }
      return series;
    }

    private static ReadingCache.@Nullable Source source(
        String name, Supplier<ClientConnRegistry> clients) {
      ClientConn channel = clients.get().channels().get(name);
      return channel == null ? null : new ChannelSource(channel);
    }

    void bindTo(MeterRegistry registry) {
      TargetMeters each = new TargetMeters(registry, this.name, this.readings, this.ids);
      each.register();
      this.meters.add(each);
    }

    void remove() {
      this.meters.forEach(TargetMeters::remove);
      this.meters.clear();
      this.ids.remove(this.name);
    }

    @Override
    public void streamSlotWaited(WaitOutcome outcome, long nanos) {
      for (TargetMeters each : this.meters) {
        each.record(SLOT_WAITS.get(outcome), nanos);
      }
    }

    @Override
    public void attemptRepeated(RepeatReason reason) {
      for (TargetMeters each : this.meters) {
        each.increment(REPEATS.get(reason));
      }
    }
  }
}
