// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.telemetry;

import dev.clientconn.internal.concurrent.ChannelLog;
import io.grpc.DoubleHistogramMetricInstrument;
import io.grpc.LongCounterMetricInstrument;
import io.grpc.LongUpDownCounterMetricInstrument;
import io.grpc.MetricInstrument;
import io.grpc.MetricInstrumentRegistry;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;

/**
 * Finds instruments of gRPC's standard metrics in the registry of grpc-api, and registers those
 * that are not there.
 *
 * <p>A name can be registered once in a JVM. grpc-java does that in static initializers, which fail
 * for good, and all its channels with them, where a name exists already. So its classes come first,
 * whether the application uses them or not.
 */
final class Instruments {
  /** Those of grpc-java that register such instruments, in the versions that have them. */
  private static final List<String> REGISTERING = List.of(
      "io.grpc.internal.SubchannelMetrics",
      "io.grpc.InternalTcpMetrics",
      "io.grpc.InternalSecurityMetrics");

  private static final MetricInstrumentRegistry REGISTRY =
      MetricInstrumentRegistry.getDefaultRegistry();

  static {
    REGISTERING.forEach(Instruments::initialize);
  }

  private Instruments() {}

  private static void initialize(String className) {
    try {
      Class.forName(className, true, Instruments.class.getClassLoader());
    } catch (ClassNotFoundException absent) {
      // Not on the class path, or not in this version: the names are free.
    } catch (LinkageError e) {
      ChannelLog.LOGGER.log(
          Level.WARNING, className + " cannot register its metrics: channels of grpc-java fail", e);
    }
  }

  static @Nullable LongCounterMetricInstrument counter(
      String name, String description, String unit, List<String> required, List<String> optional) {
    return findOrRegister(
        name,
        LongCounterMetricInstrument.class,
        () -> REGISTRY.registerLongCounter(name, description, unit, required, optional, false));
  }

  static @Nullable LongUpDownCounterMetricInstrument upDownCounter(
      String name, String description, String unit, List<String> required, List<String> optional) {
    return findOrRegister(
        name,
        LongUpDownCounterMetricInstrument.class,
        () ->
            REGISTRY.registerLongUpDownCounter(name, description, unit, required, optional, false));
  }

  static @Nullable DoubleHistogramMetricInstrument histogram(
      String name,
      String description,
      String unit,
      List<Double> buckets,
      List<String> required,
      List<String> optional) {
    return findOrRegister(
        name,
        DoubleHistogramMetricInstrument.class,
        () -> REGISTRY.registerDoubleHistogram(
            name, description, unit, buckets, required, optional, false));
  }

  /** By an instrument's own keys: another version of grpc-java may have others. */
  static List<String> values(List<String> keys, Map<String, String> labels) {
    return keys.stream().map(key -> labels.getOrDefault(key, "")).toList();
  }

  /** Returns {@code null} where the name is in use for an instrument of another type. */
  private static <T extends MetricInstrument> @Nullable T findOrRegister(
      String name, Class<T> type, Supplier<T> register) {
    MetricInstrument known = find(name);
    if (known == null) {
      try {
        return register.get();
      } catch (IllegalStateException registeredMeanwhile) {
        known = find(name);
      }
    }
    if (type.isInstance(known)) {
      return type.cast(known);
    }
    ChannelLog.LOGGER.warning("The metric " + name + " is not recorded: it is registered as "
        + known + ", not as a " + type.getSimpleName());
    return null;
  }

  private static @Nullable MetricInstrument find(String name) {
    for (MetricInstrument instrument : REGISTRY.getMetricInstruments()) {
      if (instrument.getName().equals(name)) {
        return instrument;
      }
    }
    return null;
  }
}
