// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import dev.clientconn.boot.GrpcTransportMeterConvention;
import dev.clientconn.internal.concurrent.CrossesThreads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;

/**
 * Applies the convention of the application, and the defaults where it breaks its rules: a mistake
 * in names must not keep an application from its start. Only the first mistake is logged.
 */
@CrossesThreads
final class CheckedConvention {

  private static final Log logger = LogFactory.getLog(CheckedConvention.class);

  private static final Class<GrpcTransportMeterConvention> TYPE =
      GrpcTransportMeterConvention.class;

  private static final GrpcTransportMeterConvention DEFAULT = new GrpcTransportMeterConvention() {};

  private final String beanName;

  private final GrpcTransportMeterConvention convention;

  private final Map<TransportMeter, String> names;

  /** Guarded by this. */
  private boolean warned;

  /**
   * Creates it, and asks the convention for all names.
   *
   * @param beanName the name of the bean, for the message
   * @param convention the convention; null for the defaults
   */
  CheckedConvention(String beanName, @Nullable GrpcTransportMeterConvention convention) {
    this.beanName = beanName;
    this.convention = convention == null ? DEFAULT : convention;
    this.names = names();
  }

  /** Looks up the bean of the application. One that cannot be created is not used. */
  static CheckedConvention find(ListableBeanFactory beans) {
    String name = String.join("' and '", beans.getBeanNamesForType(TYPE, true, false));
    try {
      return new CheckedConvention(name, beans.getBeanProvider(TYPE).getIfAvailable());
    } catch (Throwable thrown) {
      CheckedConvention defaults = new CheckedConvention(name, null);
      defaults.warn("cannot be used: " + thrown);
      return defaults;
    }
  }

  boolean isDefault() {
    return this.convention == DEFAULT;
  }

  String name(TransportMeter meter) {
    String name = this.names.get(meter);
    return name == null ? meter.meterName() : name;
  }

  /** Returns the tags of all series of a meter: all those of the convention, or all defaults. */
  List<Map<String, String>> tags(String target, List<Series> all) {
    List<Map<String, String>> tags = new ArrayList<>();
    for (Series series : all) {
      Map<String, String> each = tags(target, series);
      if (each == null) {
        return defaultTags(target, all);
      }
      tags.add(each);
    }
    String mistake = mistake(tags);
    if (mistake != null) {
      warn("gives series of '" + all.get(0).meter().meterName() + "' " + mistake);
      return defaultTags(target, all);
    }
    return tags;
  }

  static List<Map<String, String>> defaultTags(String target, List<Series> all) {
    return all.stream().map(series -> series.tags(target)).toList();
  }

  /** Logs the first mistake. */
  synchronized void warn(String mistake) {
    if (!this.warned) {
      this.warned = true;
      logger.warn("The meter convention '" + this.beanName + "' " + mistake
          + ". The default is used there, and wherever else it has a mistake");
    }
  }

  private Map<TransportMeter, String> names() {
    Map<TransportMeter, String> all = new EnumMap<>(TransportMeter.class);
    Map<String, TransportMeter> byName = new LinkedHashMap<>();
    for (TransportMeter meter : TransportMeter.values()) {
      String name = name(meter, this.convention);
      TransportMeter same = byName.putIfAbsent(name, meter);
      if (same != null) {
        warn("gives '" + same.meterName() + "' and '" + meter.meterName() + "' the same name '"
            + name + "'");
        // Which of them is meant cannot be known, and a default may be taken by the other.
        return Map.of();
      }
      all.put(meter, name);
    }
    return all;
  }

  private String name(TransportMeter meter, GrpcTransportMeterConvention from) {
    try {
      String name = from.name(meter.meterName());
      // Null, though the signature excludes it: the convention is code of the application.
      if (name != null && !name.isBlank()) {
        return name;
      }
      warn("returns no name for '" + meter.meterName() + "'");
    } catch (Throwable thrown) {
      warn("fails for the name of '" + meter.meterName() + "': " + thrown);
    }
    return meter.meterName();
  }

  private @Nullable Map<String, String> tags(String target, Series series) {
    String meter = series.meter().meterName();
    try {
      Map<String, String> defaults = Collections.unmodifiableMap(series.tags(target));
      Map<String, String> tags = new LinkedHashMap<>(this.convention.tags(meter, target, defaults));
      if (!tags.containsKey(null) && !tags.containsValue(null)) {
        return tags;
      }
      warn("returns null among the tags of '" + meter + "'");
    } catch (Throwable thrown) {
      warn("fails for the tags of '" + meter + "': " + thrown);
    }
    return null;
  }

  private static @Nullable String mistake(List<Map<String, String>> tags) {
    Set<Map<String, String>> different = new HashSet<>(tags);
    if (different.size() < tags.size()) {
      return "the same tags";
    }
    Set<Set<String>> keys = new HashSet<>();
    tags.forEach(each -> keys.add(each.keySet()));
    return keys.size() > 1 ? "different keys: " + keys : null;
  }
}
