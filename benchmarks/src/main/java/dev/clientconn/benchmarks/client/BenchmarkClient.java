// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.client;

import dev.clientconn.ClientConnBuilder;
import dev.clientconn.benchmarks.caller.ClosedLoop;
import dev.clientconn.benchmarks.workload.Workload;
import dev.clientconn.boot.autoconfigure.metrics.GrpcClientMetrics;
import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLException;

/** The clients that can be measured. */
public enum BenchmarkClient {
  GRPC_NETTY,
  GRPC_NETTY_NO_RETRY,
  CLIENTCONN,
  /** Writes and counts frames without gRPC, see {@link FloorClient}. */
  FLOOR;

  /** The name of the client that the others are compared with. */
  public static final String BASELINE = "grpc-netty";

  /** The name of ClientConn. */
  public static final String SUBJECT = "clientconn";

  /** The clients of a comparison that names none. */
  public static final List<BenchmarkClient> USUAL = List.of(GRPC_NETTY, CLIENTCONN, FLOOR);

  /** Connections to the server, and the calls made on them. */
  public interface Load extends AutoCloseable {

    /** Starts every caller's first call. */
    void start();

    /** Closes the connections; called after the loop has been stopped. */
    @Override
    void close();
  }

  /** Whether the client can make the workload's calls. */
  public boolean supports(Workload workload) {
    return this != FLOOR || FloorClient.supports(workload);
  }

  /** Opens connections to the server; makes no call before {@link Load#start}. */
  public Load open(ServerLocation server, Workload workload, ClosedLoop loop)
      throws InterruptedException {
    return this == FLOOR
        ? FloorClient.open(server, workload, loop)
        : ChannelLoad.open(new ChannelSet(this, server, workload), workload, loop);
  }

  /** The name on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Creates a channel builder with the client's defaults and the workload's TLS. */
  ManagedChannelBuilder<?> builder(ServerLocation server, Workload workload) {
    ManagedChannelBuilder<?> builder = switch (this) {
      case GRPC_NETTY -> netty(server, workload);
      case GRPC_NETTY_NO_RETRY -> netty(server, workload).disableRetry();
      case CLIENTCONN -> clientConn(server, workload);
      case FLOOR -> throw new IllegalArgumentException(this + " has no channels");
    };
    return workload.network().encrypted() ? builder : builder.usePlaintext();
  }

  private static ManagedChannelBuilder<?> netty(ServerLocation server, Workload workload) {
    NettyChannelBuilder builder = NettyChannelBuilder.forAddress(server.address());
    return workload.network().encrypted()
        ? builder.sslContext(tls(workload.network().tls(), server))
        : builder;
  }

  /** With metrics, it has the starter's meters too, as in an application that uses Micrometer. */
  private static ManagedChannelBuilder<?> clientConn(ServerLocation server, Workload workload) {
    ClientConnBuilder builder = ClientConnBuilder.forAddress(
        server.address().getAddress().getHostAddress(), server.address().getPort());
    if (workload.features().metrics()) {
      GrpcClientMetrics metrics = new GrpcClientMetrics(() -> Map::of);
      metrics.bindTo(new SimpleMeterRegistry());
      builder.transportListener(metrics.listenerFor(SUBJECT));
    }
    if (workload.features().report()) {
      builder.callReportListener(report -> {});
    }
    return workload.network().encrypted()
        ? builder.sslContext(tls(workload.network().tls(), server))
        : builder;
  }

  /** Trusts the server's certificate only. */
  private static SslContext tls(Workload.Tls tls, ServerLocation server) {
    File certificate = server.certificate();
    if (certificate == null) {
      throw new IllegalArgumentException("TLS needs the server's certificate");
    }
    try {
      return GrpcSslContexts.configure(
              SslContextBuilder.forClient().trustManager(certificate),
              tls == Workload.Tls.OPENSSL ? SslProvider.OPENSSL : SslProvider.JDK)
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException("no TLS with the certificate " + certificate, e);
    }
  }
}
