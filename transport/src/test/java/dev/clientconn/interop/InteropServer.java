// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.interop;

import io.grpc.ForwardingServerBuilder;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.testing.integration.AbstractInteropTest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * grpc-java's Netty server on a free port, as its interop suite sets it up; remembers the port for
 * the client.
 */
final class InteropServer extends ForwardingServerBuilder<InteropServer> {

  private final NettyServerBuilder delegate;
  private @Nullable Server server;

  InteropServer(ServerCredentials credentials) {
    delegate = NettyServerBuilder.forPort(0, credentials)
        .flowControlWindow(AbstractInteropTest.TEST_FLOW_CONTROL_WINDOW)
        .maxInboundMessageSize(AbstractInteropTest.MAX_MESSAGE_SIZE);
  }

  NettyServerBuilder netty() {
    return delegate;
  }

  int port() {
    return Objects.requireNonNull(server, "not built yet").getPort();
  }

  @Override
  protected ServerBuilder<?> delegate() {
    return delegate;
  }

  @Override
  public Server build() {
    server = super.build();
    return server;
  }
}
