// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The series of one metric in an export.
 *
 * @param kind of the instrument, with its unit
 * @param keys of all labels
 * @param labels of each series; what differs with every run has a fixed text
 */
record Series(String kind, Set<String> keys, Set<Map<String, String>> labels) {

  /** Lists the metrics of clients by name. */
  static Map<String, Series> of(Collection<MetricData> export) {
    Map<String, Series> all = new TreeMap<>();
    for (MetricData metric : export) {
      if (!metric.getName().startsWith("grpc.server.")) {
        all.merge(metric.getName(), of(metric), Series::with);
      }
    }
    return all;
  }

  private static Series of(MetricData metric) {
    Series series = new Series(
        metric.getType() + " " + metric.getUnit(), new TreeSet<>(), new java.util.HashSet<>());
    for (PointData point : metric.getData().getPoints()) {
      Map<String, String> labels = labels(point.getAttributes());
      series.keys.addAll(labels.keySet());
      series.labels.add(labels);
    }
    return series;
  }

  private static Map<String, String> labels(Attributes attributes) {
    Map<String, String> labels = new TreeMap<>();
    attributes.forEach((key, value) -> labels.put(
        key.getKey(),
        // Ports.
        key.getKey().startsWith("network.") || key.getKey().equals("grpc.target")
            ? "..."
            : String.valueOf(value)));
    return labels;
  }

  private Series with(Series more) {
    keys.addAll(more.keys);
    labels.addAll(more.labels);
    return this;
  }
}
