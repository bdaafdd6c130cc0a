// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.tls;

import dev.clientconn.ClientConnBuilder;
import dev.clientconn.internal.http2.connect.TlsCredentials;
import dev.clientconn.testing.EchoServers;
import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Objects;
import javax.net.ssl.X509TrustManager;

/** Starts servers with TLS, and calls them over channels with the test's authority. */
final class TlsHarness extends EchoServers {

  final Pki pki = new Pki();

  int serve(X509Bundle certificate) throws IOException {
    return serve(TlsServerCredentials.create(Pki.chainPem(certificate), Pki.keyPem(certificate)));
  }

  /** Demands a client certificate that the test's authority has signed. */
  int serveMutual() throws IOException {
    X509Bundle certificate = pki.server();
    return serve(TlsServerCredentials.newBuilder()
        .keyManager(Pki.chainPem(certificate), Pki.keyPem(certificate))
        .trustManager(pki.rootPem())
        .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
        .build());
  }

  /** As {@link #serveMutual}, but requests any client certificate and refuses it. */
  int serveMutualWithoutHints() throws IOException {
    X509Bundle certificate = pki.server();
    return serve(SslContextBuilder.forServer(Pki.chainPem(certificate), Pki.keyPem(certificate))
        .sslProvider(SslProvider.JDK)
        .trustManager(new AcceptsNothing())
        .clientAuth(ClientAuth.REQUIRE)
        .applicationProtocolConfig(new ApplicationProtocolConfig(
            Protocol.ALPN,
            SelectorFailureBehavior.NO_ADVERTISE,
            SelectedListenerFailureBehavior.ACCEPT,
            "h2"))
        .build());
  }

  int serve(ServerCredentials credentials) throws IOException {
    return serve(NettyServerBuilder.forPort(0, credentials)).getPort();
  }

  int serve(SslContext context) throws IOException {
    return serve(NettyServerBuilder.forPort(0).sslContext(context)).getPort();
  }

  /** Trusts the test's authority. */
  TlsChannelCredentials.Builder trusting() throws IOException {
    return TlsChannelCredentials.newBuilder().trustManager(pki.rootPem());
  }

  ClientConnBuilder builder(SslProvider provider, int port, ChannelCredentials credentials)
      throws IOException {
    return ClientConnBuilder.forTarget("localhost:" + port)
        .sslContext(Objects.requireNonNull(TlsCredentials.toSslContext(credentials, provider)));
  }

  /** Names no authorities, so that a client sends any certificate that it has. */
  private static final class AcceptsNothing implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("not this one");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("not this one");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
