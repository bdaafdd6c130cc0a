// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.crosslang;

/**
 * Named unlike the others, so that it runs only when asked for: the profile {@code interop-server}
 * does.
 */
class ServerAtAddressIT extends InteropContract {

  @Override
  InteropTarget start() {
    return new ServerAtAddress();
  }
}
