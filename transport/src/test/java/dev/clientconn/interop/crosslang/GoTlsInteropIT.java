// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.crosslang;

import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

@DisabledIfSystemProperty(named = ServerAtAddress.ADDRESS, matches = ".+")
class GoTlsInteropIT extends InteropContract {

  @Override
  InteropTarget start() throws Exception {
    return GoServer.start(Wire.TLS);
  }
}
