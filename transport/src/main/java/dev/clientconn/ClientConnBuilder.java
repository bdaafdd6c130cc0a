// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.transport.Dialer;
import dev.clientconn.transport.TransportListener;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannelBuilder;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;

/** Builds a {@link ClientConn}. */
public final class ClientConnBuilder extends ManagedChannelBuilder<ClientConnBuilder> {

  @SuppressWarnings("UnusedVariable")
  private ClientConnBuilder(String target) {}

  public static ClientConnBuilder forTarget(String target) {
    return new ClientConnBuilder(target);
  }

  public static ClientConnBuilder forTarget(String target, ChannelCredentials credentials) {
    return new ClientConnBuilder(target);
  }

  public static ClientConnBuilder forAddress(String host, int port) {
    return new ClientConnBuilder(host + ":" + port);
  }

  /** TLS context to use in place of the default; must offer {@code h2} by ALPN. */
  public ClientConnBuilder sslContext(SslContext sslContext) {
    return this;
  }

  /** Makes the connections in place of the default TCP dialer. */
  public ClientConnBuilder dialer(Dialer dialer) {
    return this;
  }

  /** Hears of waits on this channel's connections. */
  public ClientConnBuilder transportListener(TransportListener listener) {
    return this;
  }

  /** How long an attempt to connect may take, TLS handshake and the peer's SETTINGS included. Default 20 s. */
  public ClientConnBuilder connectTimeout(Duration timeout) {
    return this;
  }

  /** Initial receive window of each stream, bytes, 65,535 to 2^31-1. Default 1 MiB. */
  public ClientConnBuilder initialStreamWindow(int bytes) {
    return this;
  }

  /** Receive window of each connection, bytes, 65,535 to 2^31-1. Default 1 MiB. */
  public ClientConnBuilder initialConnectionWindow(int bytes) {
    return this;
  }

  /** How many calls may wait for a stream slot on one connection before further ones fail. Default 65,536. */
  public ClientConnBuilder maxPendingStreams(int calls) {
    return this;
  }

  @Override
  public ClientConnBuilder directExecutor() {
    return this;
  }

  @Override
  public ClientConnBuilder executor(Executor executor) {
    return this;
  }

  @Override
  public ClientConnBuilder intercept(List<ClientInterceptor> interceptors) {
    return this;
  }

  @Override
  public ClientConnBuilder intercept(ClientInterceptor... interceptors) {
    return this;
  }

  @Override
  public ClientConnBuilder userAgent(String userAgent) {
    return this;
  }

  @Override
  public ClientConnBuilder overrideAuthority(String authority) {
    return this;
  }

  @Override
  @SuppressWarnings("deprecation")
  public ClientConnBuilder nameResolverFactory(io.grpc.NameResolver.Factory resolverFactory) {
    throw new UnsupportedOperationException("nameResolverFactory");
  }

  @Override
  public ClientConnBuilder decompressorRegistry(io.grpc.DecompressorRegistry registry) {
    return this;
  }

  @Override
  public ClientConnBuilder compressorRegistry(io.grpc.CompressorRegistry registry) {
    return this;
  }

  @Override
  public ClientConnBuilder idleTimeout(long value, java.util.concurrent.TimeUnit unit) {
    return this;
  }

  @Override
  public ClientConn build() {
    throw new UnsupportedOperationException("build");
  }
}
