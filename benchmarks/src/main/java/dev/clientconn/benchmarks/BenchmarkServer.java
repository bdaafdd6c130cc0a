// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

/** A server that listens on a port of its own choice of the loopback interface. */
interface BenchmarkServer extends AutoCloseable {

  int port();

  @Override
  void close();
}
