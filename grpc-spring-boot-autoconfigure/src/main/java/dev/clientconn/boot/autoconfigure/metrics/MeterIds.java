// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Decides name and tags of each series of all targets. */
@CrossesThreads
final class MeterIds {

  private final CheckedConvention convention;

  /** Guarded by this. */
  private final Map<MeterOfTarget, Ids> decided = new HashMap<>();

  /** A name and tags to register. */
  record MeterId(String name, Tags tags) {}

  private record MeterOfTarget(String target, TransportMeter meter) {}

  /** The ids of all series of a meter, of which one tag may have a configured value. */
  private record Ids(String configuredValue, Map<Series, MeterId> bySeries) {}

  MeterIds(CheckedConvention convention) {
    this.convention = convention;
  }

  synchronized MeterId of(String target, Series series) {
    MeterOfTarget key = new MeterOfTarget(target, series.meter());
    String configured = series.configuredValue();
    Ids ids = this.decided.get(key);
    if (ids == null || !ids.configuredValue.equals(configured)) {
      this.decided.remove(key);
      ids = new Ids(configured, decide(key, series.meter().allSeries(configured)));
      this.decided.put(key, ids);
    }
    return Objects.requireNonNull(ids.bySeries.get(series));
  }

  /** Forgets a target that has no meters any more. */
  synchronized void remove(String target) {
    this.decided.keySet().removeIf(key -> key.target.equals(target));
  }

  private Map<Series, MeterId> decide(MeterOfTarget key, List<Series> all) {
    Map<Series, MeterId> ids = ids(all, this.convention.tags(key.target, all));
    if (this.convention.isDefault()) {
      return ids;
    }
    for (Map.Entry<MeterOfTarget, Ids> other : this.decided.entrySet()) {
      // Names are different for each meter, so only the same meter can have the same ids.
      if (other.getKey().meter == key.meter
          && !Collections.disjoint(other.getValue().bySeries.values(), ids.values())) {
        this.convention.warn("gives series of '" + key.meter.meterName() + "' the same tags for the"
            + " targets '" + key.target + "' and '" + other.getKey().target + "'");
        return ids(all, CheckedConvention.defaultTags(key.target, all));
      }
    }
    return ids;
  }

  private Map<Series, MeterId> ids(List<Series> all, List<Map<String, String>> tags) {
    Map<Series, MeterId> ids = new HashMap<>();
    for (int i = 0; i < all.size(); i++) {
      Series series = all.get(i);
      ids.put(series, new MeterId(this.convention.name(series.meter()), tags(tags.get(i))));
    }
    return ids;
  }

  private static Tags tags(Map<String, String> tags) {
    List<String> all = new ArrayList<>();
    tags.forEach((key, value) -> {
      all.add(key);
      all.add(value);
    });
    return Tags.of(all.toArray(String[]::new));
  }
}
