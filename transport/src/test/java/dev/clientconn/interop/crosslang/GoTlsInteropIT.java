// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.crosslang;

class GoTlsInteropIT extends InteropContract {

  @Override
  InteropTarget start() throws Exception {
    return GoServer.start(Wire.TLS);
  }
}
