// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

/** One way to make calls. A further client is a {@link ChannelFactory} or this, and its line in {@link ClientCatalog}. */
interface BenchmarkClient {

  String name();

  boolean supports(Workload workload);

  /** Connections to the server and the calls to make on them; nothing runs before {@link Load#start()}. */
  Load open(ServerLocation server, Workload workload, ClosedLoop loop) throws Exception;

  /** Calls under way on the connections. */
  interface Load extends AutoCloseable {

    /** Opens every lane's first call. */
    void start() throws Exception;

    /** Ends the connections; called once the loop has been stopped. */
    @Override
    void close();
  }
}
