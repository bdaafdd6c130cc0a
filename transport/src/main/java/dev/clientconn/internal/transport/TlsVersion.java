// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.transport;

/**
 * Identifies the keys and certificates that new connections use. A connection that was made with a
 * lower number is replaced.
 *
 * @param number grows with each change
 * @param source where the material comes from, for log messages
 */
public record TlsVersion(long number, String source) {

  /** The version of channels whose security never changes. */
  public static final TlsVersion FIXED = new TlsVersion(0, "the channel's credentials");
}
