// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.transport;

import java.net.SocketAddress;

/**
 * Identifies a unix socket in the abstract namespace of Linux, which has a name but no file.
 * Targets {@code unix-abstract:name} resolve to it; sockets with a file are
 * {@link java.net.UnixDomainSocketAddress}es. Immutable.
 */
public final class UnixAbstractAddress extends SocketAddress {
  private static final long serialVersionUID = 1L;

  /** Without the NUL that the kernel puts in front. */
  private final String name;

  /**
   * Creates an address.
   *
   * @param name without the leading NUL byte of the kernel; not empty
   * @throws IllegalArgumentException if the name is empty
   */
  public UnixAbstractAddress(String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("The name of an abstract unix socket must not be empty");
    }
    this.name = name;
  }

  /**
   * Returns the name.
   *
   * @return the name without the leading NUL byte of the kernel
   */
  public String name() {
    return name;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof UnixAbstractAddress address && address.name.equals(name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return "unix-abstract:" + name;
  }
}
