// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.server;

import dev.clientconn.benchmarks.workload.Workload;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A server on loopback that listens on a port for each workload. */
public interface BenchmarkServer extends AutoCloseable {

  /** The servers to choose from. */
  enum Kind {
    CANNED,
    GRPC_JAVA;

    /** The name on the command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * Starts a server.
   *
   * @param certificate for workloads with TLS; null where there is none
   */
  static BenchmarkServer start(
      Kind kind, List<Workload> workloads, @Nullable ServerCertificate certificate)
      throws Exception {
    return switch (kind) {
      case CANNED -> CannedServer.start(workloads, certificate);
      case GRPC_JAVA -> GrpcJavaServer.start(workloads, certificate);
    };
  }

  /** The ports in the order of the workloads. */
  List<Integer> ports();

  /** The port of the first workload. */
  default int port() {
    return ports().get(0);
  }

  @Override
  void close();
}
