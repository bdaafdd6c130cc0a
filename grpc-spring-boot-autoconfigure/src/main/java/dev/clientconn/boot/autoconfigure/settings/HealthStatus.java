// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.settings;

/** Lists the statuses that a state of a channel can be reported as. */
public enum HealthStatus {
  /** Works. */
  UP,
  /** Not known. */
  UNKNOWN,
  /** Must not be used now. */
  OUT_OF_SERVICE,
  /** Does not work. */
  DOWN
}
