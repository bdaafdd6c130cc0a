// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a workload's server listens.
 *
 * @param address a port of the loopback interface
 * @param certificate what the server shows when it speaks TLS, PEM
 */
record ServerLocation(InetSocketAddress address, @Nullable File certificate) {

  static ServerLocation plaintext(int port) {
    return at(port, null);
  }

  static ServerLocation at(int port, @Nullable File certificate) {
    return new ServerLocation(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port), certificate);
  }
}
