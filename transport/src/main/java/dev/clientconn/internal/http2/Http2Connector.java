// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.transport.ClientTransport;
import dev.clientconn.internal.transport.TransportConnector;
import dev.clientconn.internal.transport.TransportOptions;
import dev.clientconn.transport.Dialer;
import io.grpc.Attributes;
import io.netty.handler.ssl.SslContext;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Stand-in until the transport brings its own. */
public final class Http2Connector implements TransportConnector {
  private Http2Connector() {}

  public static Http2Connector create(
      TransportOptions options, @Nullable SslContext sslContext, @Nullable Dialer dialer) {
    return new Http2Connector();
  }

  @Override
  public ClientTransport connect(
      SocketAddress address,
      String authority,
      Attributes addressAttributes,
      ClientTransport.Listener listener) {
    throw new UnsupportedOperationException("connect");
  }

  @Override
  public void close() {}
}
