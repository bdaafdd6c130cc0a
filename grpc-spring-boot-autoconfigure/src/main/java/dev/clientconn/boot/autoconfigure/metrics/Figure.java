// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.metrics;

/**
 * Holds the value of one series.
 *
 * @param value the value; of a timer, the number of events
 * @param nanos the duration of all events of a timer together, nanoseconds; else 0
 */
record Figure(long value, long nanos) {

  static final Figure ZERO = new Figure(0, 0);

  Figure plus(Figure other) {
    return new Figure(this.value + other.value, this.nanos + other.nanos);
  }
}
