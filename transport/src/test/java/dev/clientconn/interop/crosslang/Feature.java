// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.crosslang;

/**
 * What not every server can do; the cases that need it are skipped, with the reason that the
 * server's class gives.
 */
enum Feature {
  /** Reads and writes gzip. */
  GZIP,
  /**
   * Knows whether a message it read was compressed, and so can reject one that should have been.
   */
  SEES_COMPRESSION,
  /** Chooses compression anew for each message of a stream. */
  COMPRESSES_EACH_MESSAGE
}
