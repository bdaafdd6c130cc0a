// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

import dev.clientconn.transport.TransportListener.RepeatReason;
import dev.clientconn.transport.TransportListener.WaitOutcome;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Defines a tag of a meter.
 *
 * @param key the key
 * @param values all values that the tag can have; empty if it has one value for each target, from
 *     the configuration
 */
record MeterTag(String key, List<String> values) {

  /** Stands for values that a definition does not list, so that peers cannot add series. */
  static final String OTHER = "other";

  static final MeterTag STATE = of("state", "connecting", "ready", "draining", "idle", "backoff");

  static final MeterTag STAT = of("stat", "min", "sum");

  static final MeterTag OUTCOME = of("outcome", Stream.of(WaitOutcome.values()));

  static final MeterTag REASON = of("reason", Stream.of(RepeatReason.values()));

  static MeterTag of(String key, String... values) {
    return new MeterTag(key, List.of(values));
  }

  private static MeterTag of(String key, Stream<? extends Enum<?>> values) {
    return new MeterTag(key, values.map(MeterTag::value).toList());
  }

  /** Returns the value that stands for a constant: {@code connection-lost}. */
  static String value(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  boolean isFixed() {
    return !this.values.isEmpty();
  }

  /** Returns a value that the definition lists. */
  String bound(String value) {
    return this.values.isEmpty() || this.values.contains(value) ? value : OTHER;
  }
}
