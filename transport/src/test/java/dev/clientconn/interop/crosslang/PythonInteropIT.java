// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop.crosslang;

class PythonInteropIT extends InteropContract {

  @Override
  InteropTarget start() throws Exception {
    return PythonServer.start(Wire.PLAINTEXT);
  }
}
