// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

import io.grpc.CallOptions;
import io.grpc.Status;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * Describes where the time of one call went. Immutable; made once for each call that a {@link
 * CallReportListener} observes, when the call has ended.
 *
 * @param method the full name, {@code package.Service/Method}
 * @param status the code that the application gets
 * @param durationNanos time from the call's start to its end, nanoseconds
 * @param attempts how often the call was sent or was to be sent: 1 without retries and hedges;
 *     transparent retries count
 * @param nanosByCause nanoseconds for each cause that took time, in the order of {@link WaitCause};
 *     the sum is {@code durationNanos}
 */
public record CallReport(
    String method,
    Status.Code status,
    long durationNanos,
    int attempts,
    Map<WaitCause, Long> nanosByCause) {

  /**
   * Observes a single call, beside the channel's listener. An interceptor sets it with {@code
   * options.withOption(CallReport.LISTENER, listener)}.
   */
  public static final CallOptions.Key<CallReportListener> LISTENER =
      CallOptions.Key.create("dev.clientconn.transport.CallReport.LISTENER");

  /**
   * Copies the map.
   *
   * @param method as the component
   * @param status as the component
   * @param durationNanos as the component
   * @param attempts as the component
   * @param nanosByCause as the component
   */
  public CallReport {
    EnumMap<WaitCause, Long> copy = new EnumMap<>(WaitCause.class);
    copy.putAll(nanosByCause);
    nanosByCause = Collections.unmodifiableMap(copy);
  }

  /**
   * Returns the time that the call waited for one cause.
   *
   * @param cause any
   * @return nanoseconds, 0 where it did not wait
   */
  public long nanos(WaitCause cause) {
    return nanosByCause.getOrDefault(cause, 0L);
  }
}
