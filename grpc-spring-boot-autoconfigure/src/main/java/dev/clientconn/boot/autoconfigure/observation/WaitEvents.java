// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.observation;

import dev.clientconn.transport.CallReport;
import dev.clientconn.transport.WaitCause;
import io.micrometer.observation.Observation;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Describes where the time of a call went by events of its observation, one for each cause, the
 * longest first. Their text is for spans. Their name is the same for all causes, since the handler
 * of meters makes a counter of each name.
 *
 * @param thresholdNanos the least time of a cause that gets an event, nanoseconds
 */
record WaitEvents(long thresholdNanos) {

  private static final String NAME = "wait";

  private static final double NANOS_PER_MILLI = 1e6;

  Stream<Observation.Event> of(CallReport report) {
    return report.nanosByCause().entrySet().stream()
        .filter(wait -> wait.getValue() > 0 && wait.getValue() >= this.thresholdNanos)
        .sorted(Map.Entry.<WaitCause, Long>comparingByValue().reversed())
        .map(wait -> Observation.Event.of(NAME, text(wait.getKey(), wait.getValue())));
  }

  private static String text(WaitCause cause, long nanos) {
    return String.format(Locale.ROOT, "%s %s %.3f ms", NAME, cause.id(), nanos / NANOS_PER_MILLI);
  }
}
