// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Stand-in until the transport brings its own. */
public final class TlsCredentials {
  private TlsCredentials() {}

  public static @Nullable SslContext toSslContext(ChannelCredentials credentials)
      throws SSLException {
    if (credentials instanceof InsecureChannelCredentials) {
      return null;
    }
    if (credentials instanceof TlsChannelCredentials) {
      return SslContextBuilder.forClient().build();
    }
    throw new IllegalArgumentException(
        "Unsupported channel credentials: " + credentials.getClass().getName());
  }
}
