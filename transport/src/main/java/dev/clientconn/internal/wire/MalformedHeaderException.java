// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

/**
 * Reports that a received header cannot be decoded. Has no stack trace: the peer caused it, not a
 * bug.
 */
public final class MalformedHeaderException extends Exception {

  private final String name;

  public MalformedHeaderException(String name) {
    super("malformed " + name, null, false, false);
    this.name = name;
  }

  /** Returns the name of the header. */
  public String name() {
    return name;
  }
}
