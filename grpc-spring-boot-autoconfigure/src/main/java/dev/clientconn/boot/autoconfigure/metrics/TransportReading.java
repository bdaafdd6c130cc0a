// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Holds the values of all series of a target at one moment. Immutable. */
final class TransportReading {

  /** What a target without a channel has. */
  static final TransportReading NONE = new TransportReading(Map.of());

  private final Map<Series, Figure> figures;

  TransportReading(Map<Series, Figure> figures) {
    this.figures = Map.copyOf(figures);
  }

  /** Returns the value of a series, or null if it has none now. */
  @Nullable
  Figure get(Series series) {
    Figure figure = this.figures.get(series);
    return figure == null && series.meter().presence() == TransportMeter.Presence.ALWAYS
        ? Figure.ZERO
        : figure;
  }

  Set<Series> series() {
    return this.figures.keySet();
  }

  /** Returns the values that only grow. */
  TransportReading counts() {
    Map<Series, Figure> counts = new HashMap<>(this.figures);
    counts.keySet().removeIf(series -> !series.meter().kind().grows());
    return new TransportReading(counts);
  }

  /** Returns these values, with the counts of an earlier channel added. */
  TransportReading plusCounts(TransportReading counts) {
    if (counts.figures.isEmpty()) {
      return this;
    }
    Map<Series, Figure> sums = new HashMap<>(this.figures);
    counts.figures.forEach((series, figure) -> {
      // A series that has a value for the target's address ends with the address.
      if (series.configuredValue().isEmpty() || sums.containsKey(series)) {
        sums.merge(series, figure, Figure::plus);
      }
    });
    return new TransportReading(sums);
  }
}
