// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.observation;

/** Selects the names and keys of the observations of calls. */
public enum CallConvention {
  /** Those of Micrometer, such as {@code grpc.client}. */
  MICROMETER,
  /** Those of OpenTelemetry, such as {@code rpc.client.call.duration}. */
  OTEL
}
