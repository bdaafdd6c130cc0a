// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Netty's TLS that trusts one certificate. A context is made once, as a client that opens many channels would. */
@CrossesThreads
final class ClientTls {

  private static final Map<Key, SslContext> CONTEXTS = new ConcurrentHashMap<>();

  private ClientTls() {}

  private record Key(Network.Tls tls, File certificate) {}

  static SslContext context(Network.Tls tls, @Nullable File certificate) {
    if (certificate == null) {
      throw new IllegalArgumentException("TLS needs the server's certificate: --certificate=FILE");
    }
    return CONTEXTS.computeIfAbsent(
        new Key(tls, certificate), key -> build(key.tls(), key.certificate()));
  }

  private static SslContext build(Network.Tls tls, File certificate) {
    try {
      return GrpcSslContexts.configure(
              SslContextBuilder.forClient().trustManager(certificate),
              tls == Network.Tls.OPENSSL ? SslProvider.OPENSSL : SslProvider.JDK)
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException("no TLS with the certificate " + certificate, e);
    }
  }
}
