// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Identifies one series of a meter within a target.
 *
 * @param meter the meter
 * @param values the values of its tags, in the order of their definition
 */
record Series(TransportMeter meter, List<String> values) {

  Series {
    values = List.copyOf(values);
  }

  /** Creates a series; see {@link MeterTag#bound} for unknown values. */
  static Series of(TransportMeter meter, String... values) {
    String[] bound = values.clone();
    for (int i = 0; i < bound.length; i++) {
      bound[i] = meter.tags().get(i).bound(bound[i]);
    }
    return new Series(meter, List.of(bound));
  }

  /** Returns the default tags, that of the target first. */
  Map<String, String> tags(String target) {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put("target", target);
    for (int i = 0; i < this.values.size(); i++) {
      tags.put(this.meter.tags().get(i).key(), this.values.get(i));
    }
    return tags;
  }

  /** Returns the value of the tag that has one value for each target; empty without such a tag. */
  String configuredValue() {
    for (int i = 0; i < this.values.size(); i++) {
      if (!this.meter.tags().get(i).isFixed()) {
        return this.values.get(i);
      }
    }
    return "";
  }
}
