// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.netdevh;

/** Says what is done with keys of net.devh's starter that the configuration still has. */
public enum Migration {

  /** The start fails, and the message has the complete new configuration. */
  FAIL,

  /** The keys are read; a warning at the start has the complete new configuration. */
  TRANSLATE,

  /** The keys are left alone, because other applications share the configuration. */
  IGNORE
}
