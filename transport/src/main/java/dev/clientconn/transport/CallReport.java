// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

import io.grpc.CallOptions;
import io.grpc.Status;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Describes where the time of one call went. Immutable; made once for each call that a {@link
 * CallReportListener} observes, when the call has ended.
 */
@SuppressWarnings("EnumOrdinal") // indexes times of causes, which are never stored
public final class CallReport {

  /**
   * Observes a single call, beside the channel's listener. An interceptor sets it with {@code
   * options.withOption(CallReport.LISTENER, listener)}.
   */
  public static final CallOptions.Key<CallReportListener> LISTENER =
      CallOptions.Key.create("dev.clientconn.transport.CallReport.LISTENER");

  private static final WaitCause[] CAUSES = WaitCause.values();

  private final String method;
  private final Status.Code status;
  private final int attempts;
  private final long durationNanos;
  private final long turn;
  private final long server;
  /**
   * In the reverse order of the causes: those that have no entry took no time. Absent for a call
   * that has not waited, whose times are the three above.
   */
  private final long @Nullable [] nanos;

  /**
   * Makes a report, for tests of listeners.
   *
   * @param method the full name, {@code package.Service/Method}
   * @param status the code that the application gets
   * @param durationNanos time from the call's start to its end, nanoseconds
   * @param attempts how often the call was sent or was to be sent
   * @param nanosByCause nanoseconds for each cause that took time; copied
   */
  public CallReport(
      String method,
      Status.Code status,
      long durationNanos,
      int attempts,
      Map<WaitCause, Long> nanosByCause) {
    this(method, status, attempts, durationNanos, 0, 0, copy(nanosByCause));
  }

  private CallReport(
      String method,
      Status.Code status,
      int attempts,
      long durationNanos,
      long turn,
      long server,
      long @Nullable [] nanos) {
    this.method = method;
    this.status = status;
    this.attempts = attempts;
    this.durationNanos = durationNanos;
    this.turn = turn;
    this.server = server;
    this.nanos = nanos;
  }

  private static long[] copy(Map<WaitCause, Long> nanosByCause) {
    long[] nanos = new long[CAUSES.length];
    nanosByCause.forEach((cause, time) -> nanos[index(cause)] = time);
    return nanos;
  }

  /**
   * Makes the report of a call, without a copy of its times.
   *
   * @param method the full name, {@code package.Service/Method}
   * @param status the code that the application gets
   * @param attempts how often the call was sent or was to be sent
   * @param nanos nanoseconds for each cause in the reverse order of {@link WaitCause}, {@code
   *     SERVER} first; causes behind its end took no time. Must not be changed afterwards. The sum
   *     is the duration of the call
   * @return the report
   */
  public static CallReport of(String method, Status.Code status, int attempts, long[] nanos) {
    long duration = 0;
    for (long each : nanos) {
      duration += each;
    }
    return new CallReport(method, status, attempts, duration, 0, 0, nanos);
  }

  /**
   * Makes the report of a call that has not waited.
   *
   * @param method the full name, {@code package.Service/Method}
   * @param status the code that the application gets
   * @param attempts how often the call was sent or was to be sent
   * @param durationNanos time from the call's start to its end, nanoseconds; what is neither of the
   *     two parts is {@code APPLICATION}
   * @param turn nanoseconds for {@code TURN}
   * @param server nanoseconds for {@code SERVER}
   * @return the report
   */
  public static CallReport of(
      String method, Status.Code status, int attempts, long durationNanos, long turn, long server) {
    return new CallReport(method, status, attempts, durationNanos, turn, server, null);
  }

  /**
   * Returns which method was called.
   *
   * @return the full name, {@code package.Service/Method}
   */
  public String method() {
    return method;
  }

  /**
   * Returns how the call ended.
   *
   * @return the code that the application gets
   */
  public Status.Code status() {
    return status;
  }

  /**
   * Returns the time from the call's start to its end.
   *
   * @return nanoseconds
   */
  public long durationNanos() {
    return durationNanos;
  }

  /**
   * Returns how often the call was sent or was to be sent; transparent retries count.
   *
   * @return 1 without retries and hedges, 0 for a call that ended before its first attempt
   */
  public int attempts() {
    return attempts;
  }

  /**
   * Returns the time for each cause that took some. Makes a map: {@link #nanos} costs less.
   *
   * @return nanoseconds in the order of {@link WaitCause}, immutable; the sum is {@link
   *     #durationNanos}
   */
  public Map<WaitCause, Long> nanosByCause() {
    Map<WaitCause, Long> causes = new EnumMap<>(WaitCause.class);
    for (WaitCause cause : CAUSES) {
      long time = nanos(cause);
      if (time > 0) {
        causes.put(cause, time);
      }
    }
    return Collections.unmodifiableMap(causes);
  }

  /**
   * Returns the time that the call waited for one cause.
   *
   * @param cause any
   * @return nanoseconds, 0 where it did not wait
   */
  public long nanos(WaitCause cause) {
    long[] measured = nanos;
    if (measured != null) {
      int index = index(cause);
      return index < measured.length ? measured[index] : 0;
    }
    return switch (cause) {
      case TURN -> turn;
      case SERVER -> server;
      case APPLICATION -> durationNanos - turn - server;
      default -> 0;
    };
  }

  private static int index(WaitCause cause) {
    return CAUSES.length - 1 - cause.ordinal();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CallReport report
        && method.equals(report.method)
        && status == report.status
        && durationNanos == report.durationNanos
        && attempts == report.attempts
        && nanosByCause().equals(report.nanosByCause());
  }

  @Override
  public int hashCode() {
    return Objects.hash(method, status, durationNanos, attempts, nanosByCause());
  }

  @Override
  public String toString() {
    return "CallReport[method=" + method + ", status=" + status + ", durationNanos=" + durationNanos
        + ", attempts=" + attempts + ", nanosByCause=" + nanosByCause() + "]";
  }
}
