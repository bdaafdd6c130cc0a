// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.crosslang;

import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

@EnabledIfSystemProperty(named = ServerAtAddress.ADDRESS, matches = ".+")
class ServerAtAddressInteropIT extends InteropContract {

  @Override
  InteropTarget start() {
    return new ServerAtAddress();
  }
}
