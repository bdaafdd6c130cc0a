// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

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
 * grpc-java's own server on Netty, for those who would rather not trust canned answers: one server
 * for each setting, on event loops that all of them share.
 */
final class GrpcJavaServer implements BenchmarkServer {

  private final List<Server> servers = new ArrayList<>();

  private GrpcJavaServer() {}

  static GrpcJavaServer start(ResponseShape shape) throws IOException {
    return start(List.of(ServerSetting.of(shape)), null);
  }

  static GrpcJavaServer start(List<ServerSetting> settings, @Nullable ServerCertificate certificate)
      throws IOException {
    GrpcJavaServer started = new GrpcJavaServer();
    try {
      for (ServerSetting setting : settings) {
        started.servers.add(server(setting, certificate).start());
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

  private static Server server(ServerSetting setting, @Nullable ServerCertificate certificate) {
    if (setting.rttMillis() > 0) {
      throw new IllegalArgumentException("grpc-java's server simulates no round trip, as '"
          + setting.text() + "' asks; use --server=canned");
    }
    NettyServerBuilder builder = NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .directExecutor()
        .maxInboundMessageSize(Integer.MAX_VALUE)
        .addService(EchoService.of(setting));
    if (setting.tls()) {
      if (certificate == null) {
        throw ServerCertificate.missing(setting);
      }
      builder.useTransportSecurity(certificate.certificate(), certificate.key());
    }
    return builder.build();
  }
}
