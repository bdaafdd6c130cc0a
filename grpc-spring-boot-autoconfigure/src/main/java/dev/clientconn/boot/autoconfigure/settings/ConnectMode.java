// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.settings;

/** Says when a channel connects. */
public enum ConnectMode {
  /** For its first call. */
  LAZY,
  /** At the start of the application, which does not wait for it. */
  EAGER,
  /** At the start of the application, which fails if there is no connection in time. */
  REQUIRED
}
