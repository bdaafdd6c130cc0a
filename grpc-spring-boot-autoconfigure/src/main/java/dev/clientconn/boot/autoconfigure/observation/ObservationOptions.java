// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.observation;

import io.grpc.Status;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Holds how the calls of an application are observed.
 *
 * @param registry the registry with the handlers
 * @param targetTag whether the target is a tag of meters, instead of a tag of spans only
 * @param convention the names where no bean gives them
 * @param waits makes the events for waits; null for none
 * @param failures logs what foreign code throws
 */
record ObservationOptions(
    ObservationRegistry registry,
    boolean targetTag,
    CallConvention convention,
    @Nullable WaitEvents waits,
    ObservationFailures failures) {

  /** OpenTelemetry's conventions have no events for messages. */
  boolean messageEvents() {
    return this.convention == CallConvention.MICROMETER;
  }

  /**
   * Returns the error that a status stands for; null if it is none. Micrometer regards only causes
   * as errors. For OpenTelemetry all codes but OK are errors of a client.
   */
  @Nullable
  Throwable errorOf(Status status) {
    if (this.convention == CallConvention.OTEL) {
      return status.isOk() ? null : status.asRuntimeException();
    }
    return status.isOk() || status.getCode() == Status.Code.CANCELLED ? null : status.getCause();
  }
}
