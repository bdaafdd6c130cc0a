// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.internal.http2.connect.TlsCredentials;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ClientCalls;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A gRPC server and a channel to it, both ended after each test. */
final class TlsHarness implements AfterEachCallback {

  final Pki pki = new Pki();

  /** The calls that reached the server. */
  final BlockingQueue<ServerCall<?, ?>> served = new LinkedBlockingQueue<>();

  final BlockingQueue<Metadata> headers = new LinkedBlockingQueue<>();

  private final List<ClientConn> conns = new ArrayList<>();
  private final List<Server> servers = new ArrayList<>();

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

  /** As {@link #serveMutual}, but it takes whatever is shown, to refuse it. */
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
    return start(NettyServerBuilder.forPort(0, credentials));
  }

  int serve(SslContext context) throws IOException {
    return start(NettyServerBuilder.forPort(0).sslContext(context));
  }

  private int start(NettyServerBuilder builder) throws IOException {
    Server server = builder
        .addService(new HealthStatusManager().getHealthService())
        .intercept(new ServerInterceptor() {
          @Override
          public <A, B> ServerCall.Listener<A> interceptCall(
              ServerCall<A, B> call, Metadata metadata, ServerCallHandler<A, B> next) {
            served.add(call);
            headers.add(metadata);
            return next.startCall(call, metadata);
          }
        })
        .build()
        .start();
    servers.add(server);
    return server.getPort();
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

  HealthCheckResponse call(ClientConnBuilder builder) {
    return call(builder, CallOptions.DEFAULT);
  }

  HealthCheckResponse call(ClientConnBuilder builder, CallOptions options) {
    ClientConn conn = builder.build();
    conns.add(conn);
    return ClientCalls.blockingUnaryCall(
        conn,
        HealthGrpc.getCheckMethod(),
        options.withDeadlineAfter(30, TimeUnit.SECONDS),
        HealthCheckRequest.getDefaultInstance());
  }

  /** The description of the UNAVAILABLE that the call must end with. */
  String failure(ClientConnBuilder builder) {
    return failure(builder, CallOptions.DEFAULT);
  }

  String failure(ClientConnBuilder builder, CallOptions options) {
    StatusRuntimeException failure =
        catchThrowableOfType(StatusRuntimeException.class, () -> call(builder, options));
    assertThat(failure).as("the call's failure").isNotNull();
    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    return Objects.requireNonNull(failure.getStatus().getDescription());
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    for (ClientConn conn : conns) {
      conn.shutdownNow();
      assertThat(conn.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
    for (Server server : servers) {
      assertThat(server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Names no authorities, so that a client shows what it has. */
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
