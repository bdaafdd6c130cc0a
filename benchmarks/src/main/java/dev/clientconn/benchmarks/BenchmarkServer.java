// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.util.List;

/** A server that listens on ports of its own choice of the loopback interface, one for each of its settings. */
interface BenchmarkServer extends AutoCloseable {

  /** In the order of the settings. */
  List<Integer> ports();

  /** That of the first setting. */
  default int port() {
    return ports().get(0);
  }

  @Override
  void close();
}
