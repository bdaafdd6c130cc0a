// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import dev.clientconn.internal.transport.CauseTimes;
import dev.clientconn.internal.transport.WaitPhrase;
import dev.clientconn.transport.WaitCause;
import io.grpc.Status;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Adds to the status of a call that was cut off where its time went. */
final class WaitText {
  private static final String WAITED_FOR = "[waited for ";

  private WaitText() {}

  /**
   * Adds the split to the status of a call that was cancelled on this side, or whose deadline has
   * passed; returns any other status as it is.
   *
   * @param timeline {@code null} if the times are not known
   */
  static Status addTo(Status end, @Nullable CallTimeline timeline, int attempts) {
    String description = end.getDescription() == null ? "" : end.getDescription();
    int waitedFor = description.indexOf(WAITED_FOR);
    boolean late = end.getCode() == Status.Code.DEADLINE_EXCEEDED
        && (waitedFor >= 0 || description.startsWith(CallDeadline.LATE));
    if (timeline == null || !(late || end.getCode() == Status.Code.CANCELLED)) {
      return end;
    }
    String split = describe(timeline.split(), timeline.waitedFor(), attempts);
    if (waitedFor < 0) {
      String text = WAITED_FOR + WaitPhrase.of(timeline.waitedFor()) + "; " + split + "]";
      return end.withDescription(description.isEmpty() ? text : description + " " + text);
    }
    // What was waited for may contain brackets, as an IPv6 address does, but no line break.
    int newline = description.indexOf('\n', waitedFor);
    int bracket = description.lastIndexOf(']', newline < 0 ? description.length() : newline);
    return bracket < waitedFor
        ? end
        : end.withDescription(
            description.substring(0, bracket) + "; " + split + description.substring(bracket));
  }

  /** The causes that took a millisecond or more, the longest first, or else the last one. */
  private static String describe(long[] nanos, WaitCause last, int attempts) {
    String times = Arrays.stream(WaitCause.values())
        .filter(cause -> millis(nanos, cause) > 0)
        .sorted(Comparator.comparingLong(cause -> -CauseTimes.get(nanos, cause)))
        .map(cause -> part(nanos, cause))
        .collect(Collectors.joining(", "));
    return (times.isEmpty() ? part(nanos, last) : times) + "; " + attempts
        + (attempts == 1 ? " attempt" : " attempts");
  }

  private static String part(long[] nanos, WaitCause cause) {
    return millis(nanos, cause) + " ms " + cause.id().replace('_', ' ');
  }

  private static long millis(long[] nanos, WaitCause cause) {
    return TimeUnit.NANOSECONDS.toMillis(CauseTimes.get(nanos, cause));
  }
}
