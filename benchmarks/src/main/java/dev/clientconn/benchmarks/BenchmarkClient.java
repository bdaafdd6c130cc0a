// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import java.net.InetSocketAddress;

/** One way to make calls. A further client is one class of this and its line in {@link ClientCatalog}. */
interface BenchmarkClient {

  String name();

  boolean supports(Workload workload);

  /** A connection to the server and the calls to make on it; nothing runs before {@link Load#start()}. */
  Load open(InetSocketAddress server, Workload workload, ClosedLoop loop) throws Exception;

  /** Calls under way on one connection. */
  interface Load extends AutoCloseable {

    /** Opens every lane's first call. */
    void start();

    /** Ends the connection; called once the loop has been stopped. */
    @Override
    void close();
  }
}
