// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.client;

import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a workload's server listens.
 *
 * @param address a port of the loopback interface
 * @param certificate the server's certificate in PEM; null in plaintext
 */
public record ServerLocation(
    InetSocketAddress address, @Nullable File certificate) {

  public static ServerLocation at(int port, @Nullable File certificate) {
    return new ServerLocation(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port), certificate);
  }
}
