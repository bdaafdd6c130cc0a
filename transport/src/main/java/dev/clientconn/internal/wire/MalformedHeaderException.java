// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

/** A header of the peer's that cannot be decoded. The peer's fault, not a bug: carries no stack trace. */
public final class MalformedHeaderException extends Exception {

  private final String name;

  public MalformedHeaderException(String name) {
    super("malformed " + name, null, false, false);
    this.name = name;
  }

  /** The header's name. */
  public String name() {
    return name;
  }
}
