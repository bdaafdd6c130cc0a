// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.smoke.xds;

import io.envoyproxy.controlplane.cache.v3.SimpleCache;
import io.envoyproxy.controlplane.server.DiscoveryServerCallbacks;
import io.envoyproxy.controlplane.server.V3DiscoveryServer;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Runs java-control-plane's ADS server, and points grpc-xds of this JVM at it. grpc-xds reads its
 * bootstrap configuration once, so that all tests share the port, and use resources of their own
 * names.
 */
final class ControlPlane implements DiscoveryServerCallbacks {
  static final ControlPlane SHARED = new ControlPlane();

  private static final Metadata.Key<String> USER_AGENT =
      Metadata.Key.of("user-agent", Metadata.ASCII_STRING_MARSHALLER);
  private static final String GROUP = "all clients";

  private final SimpleCache<String> cache = new SimpleCache<>(node -> GROUP);
  private final BindableService discovery =
      new V3DiscoveryServer(this, cache).getAggregatedDiscoveryServiceImpl();
  /** Stays bound while the server is down: no other process can get it. */
  private final Socket port = new Socket();

  /** The user agents of clients, one for each stream. */
  final List<String> userAgents = new CopyOnWriteArrayList<>();

  /** What clients said about resources that they cannot use. */
  final List<String> rejections = new CopyOnWriteArrayList<>();

  private Server server;
  private int version;

  private ControlPlane() {
    try {
      port.setReuseAddress(true);
      port.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server = start(discovery);
    System.setProperty("io.grpc.xds.bootstrapConfig", """
        {
          "xds_servers": [
            {
              "server_uri": "127.0.0.1:%d",
              "channel_creds": [{"type": "insecure"}],
              "server_features": ["xds_v3"]
            }
          ],
          "certificate_providers": {
            "default": {
              "plugin_name": "file_watcher",
              "config": {"ca_certificate_file": "ca.pem", "refresh_interval": "600s"}
            }
          },
          "node": {"id": "orders-client", "locality": {"zone": "a"}}
        }
        """.formatted(port.getLocalPort()));
  }

  private Server start(BindableService service) {
    try {
      return NettyServerBuilder.forAddress(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port.getLocalPort()))
          .addService(service)
          .intercept(new ServerInterceptor() {
            @Override
            public <A, B> ServerCall.Listener<A> interceptCall(
                ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
              userAgents.add(String.valueOf(headers.get(USER_AGENT)));
              return next.startCall(call, headers);
            }
          })
          .build()
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends these resources to all clients, in place of those before. */
  synchronized void serve(Mesh mesh) {
    version++;
    cache.setSnapshot(GROUP, mesh.snapshot(Integer.toString(version)));
  }

  /** Ends all streams, and refuses connections until {@link #restart}. */
  void stop() throws InterruptedException {
    server.shutdownNow();
    if (!server.awaitTermination(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("The control plane does not stop");
    }
  }

  boolean isRunning() {
    return !server.isShutdown();
  }

  void restart() {
    server = start(discovery);
  }

  /** Starts another implementation on the same port. */
  void restartAs(BindableService other) {
    server = start(other);
  }

  @Override
  public void onV3StreamRequest(long streamId, DiscoveryRequest request) {
    if (request.hasErrorDetail()) {
      rejections.add(request.getErrorDetail().getMessage());
    }
  }

  @Override
  public void onV3StreamDeltaRequest(long streamId, DeltaDiscoveryRequest request) {}
}
