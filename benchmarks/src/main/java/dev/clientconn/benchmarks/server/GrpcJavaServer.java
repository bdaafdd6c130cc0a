// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.server;

import dev.clientconn.benchmarks.workload.Workload;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * grpc-java's Netty server, to check figures measured with the canned one: a server for each
 * workload, all on the same event loops.
 */
final class GrpcJavaServer implements BenchmarkServer {

  private final List<Server> servers = new ArrayList<>();

  private GrpcJavaServer() {}

  static GrpcJavaServer start(List<Workload> workloads, @Nullable ServerCertificate certificate)
      throws IOException {
    GrpcJavaServer started = new GrpcJavaServer();
    try {
      for (Workload workload : workloads) {
        started.servers.add(server(workload, certificate).start());
      }
      return started;
    } catch (IOException | RuntimeException e) {
      started.close();
      throw e;
    }
  }

  @Override
  public List<Integer> ports() {
    return servers.stream().map(Server::getPort).toList();
  }

  @Override
  public void close() {
    servers.forEach(Server::shutdownNow);
    try {
      for (Server server : servers) {
        server.awaitTermination(10, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Server server(Workload workload, @Nullable ServerCertificate certificate) {
    if (workload.network().rttMillis() > 0) {
      throw new IllegalArgumentException("grpc-java's server simulates no round trip, which '"
          + workload.spec() + "' needs; use --server=canned");
    }
    NettyServerBuilder builder = NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .directExecutor()
        .maxInboundMessageSize(Integer.MAX_VALUE)
        .addService(EchoService.of(workload));
    if (workload.network().encrypted()) {
      if (certificate == null) {
        throw ServerCertificate.missing(workload);
      }
      builder.useTransportSecurity(certificate.certificate(), certificate.key());
    }
    return builder.build();
  }
}
