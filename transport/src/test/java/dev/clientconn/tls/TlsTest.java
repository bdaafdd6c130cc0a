// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.conformance.Conforms;
import dev.clientconn.internal.http2.connect.TlsCredentials;
import dev.clientconn.testing.ChannelStates;
import dev.clientconn.transport.ChannelTotals.ConnectOutcome;
import dev.clientconn.transport.ChannelTotals.TlsHandshake;
import dev.clientconn.transport.TransportSnapshot.Tls;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.CompositeChannelCredentials;
import io.grpc.ForwardingClientCall;
import io.grpc.ForwardingClientCallListener;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.TlsChannelCredentials;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.OpenSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayInputStream;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Checks what TLS offers, verifies and requires where nothing is wrong. */
@Timeout(120)
class TlsTest {

  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

  @RegisterExtension
  final TlsHarness harness = new TlsHarness();

  private final Pki pki = harness.pki;

  @BothProviders
  void callSeesTheSession(SslProvider provider) throws Exception {
    int port = harness.serve(pki.server());
    Sessions sessions = new Sessions();

    harness.works(harness.builder(provider, port, harness.trusting().build()).intercept(sessions));

    SSLSession session = sessions.first.get(60, TimeUnit.SECONDS);
    assertThat(session.getProtocol()).isEqualTo("TLSv1.3");
    assertThat(session.getPeerPrincipal()).hasToString("CN=server");
  }

  @BothProviders
  void snapshotDescribesTheSessionAndTotalsTheHandshakes(SslProvider provider) throws Exception {
    int port = harness.serve(pki.server());
    ClientConn conn =
        harness.builder(provider, port, harness.trusting().build()).build();

    harness.works(conn);

    Tls tls = conn.snapshot().subchannels().get(0).connections().get(0).tls();
    assertThat(tls).isNotNull();
    assertThat(tls.protocol()).isEqualTo("TLSv1.3");
    assertThat(tls.cipher()).startsWith("TLS_");
    assertThat(tls.peerCertificateExpiry()).isAfter(Instant.now());
    assertThat(tls.resumed()).isNotEqualTo(true);
    assertThat(conn.snapshot().totals().attempts().get(ConnectOutcome.SUCCESS))
        .satisfies(attempts -> assertThat(attempts.count()).isEqualTo(1))
        .satisfies(attempts -> assertThat(attempts.nanos()).isPositive());
    assertThat(conn.snapshot().totals().tlsHandshakes())
        .containsExactly(entry(new TlsHandshake("SUCCESS", false), 1L));
  }

  /** OpenSSL's sessions have the time of their creation in seconds, which is too coarse. */
  @Test
  void sessionOfAnEarlierConnectionIsKnownAsResumed() throws Exception {
    int port = harness.serve(pki.server());
    ClientConn conn =
        harness.builder(SslProvider.JDK, port, harness.trusting().build()).build();
    harness.works(conn);
    // The session's age is compared in milliseconds.
    long created = System.currentTimeMillis();
    while (System.currentTimeMillis() <= created + 3) {
      Thread.onSpinWait();
    }

    ChannelStates.makeIdle(conn);
    harness.works(conn);

    assertThat(conn.snapshot().totals().tlsHandshakes())
        .containsOnly(
            entry(new TlsHandshake("SUCCESS", false), 1L),
            entry(new TlsHandshake("SUCCESS", true), 1L));
  }

  @Conforms("C150")
  @BothProviders
  void speaksTls12ToAServerThatKnowsNoOther(SslProvider provider) throws Exception {
    X509Bundle certificate = pki.server();
    int port = harness.serve(
        SslContextBuilder.forServer(Pki.chainPem(certificate), Pki.keyPem(certificate))
            .protocols("TLSv1.2")
            .applicationProtocolConfig(alpn("h2"))
            .build());
    Sessions sessions = new Sessions();

    harness.works(harness.builder(provider, port, harness.trusting().build()).intercept(sessions));

    assertThat(sessions.first.get(60, TimeUnit.SECONDS).getProtocol()).isEqualTo("TLSv1.2");
  }

  @BothProviders
  void showsItsCertificateOfPemFiles(SslProvider provider) throws Exception {
    X509Bundle client = pki.client(b -> b.subject("CN=pem client"));

    assertThat(principalSeenByTheServer(
            provider, harness.trusting().keyManager(Pki.chainPem(client), Pki.keyPem(client))))
        .isEqualTo("CN=pem client");
  }

  @BothProviders
  void showsItsCertificateOfKeyManagers(SslProvider provider) throws Exception {
    X509Bundle client = pki.client(b -> b.subject("CN=key manager client"));

    assertThat(principalSeenByTheServer(
            provider, harness.trusting().keyManager(client.toKeyManagerFactory().getKeyManagers())))
        .isEqualTo("CN=key manager client");
  }

  private String principalSeenByTheServer(
      SslProvider provider, TlsChannelCredentials.Builder credentials) throws Exception {
    int port = harness.serveMutual();

    harness.works(harness.builder(provider, port, credentials.build()));

    SSLSession session =
        Objects.requireNonNull(Objects.requireNonNull(harness.served.poll(60, TimeUnit.SECONDS))
            .getAttributes()
            .get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
    return session.getPeerPrincipal().toString();
  }

  @BothProviders
  void trustsWhatTheTrustManagersTrust(SslProvider provider) throws Exception {
    int port = harness.serve(pki.server());

    harness.works(harness.builder(
        provider,
        port,
        TlsChannelCredentials.newBuilder()
            .trustManager(pki.root().toTrustManager())
            .build()));

    assertThat(harness.served).hasSize(1);
  }

  @BothProviders
  void verifiesTheHostEvenWhereATrustManagerTrustsEverything(SslProvider provider)
      throws Exception {
    TlsChannelCredentials careless = (TlsChannelCredentials)
        TlsChannelCredentials.newBuilder().trustManager(new Careless()).build();
    int right = harness.serve(new Pki().server());
    int wrong = harness.serve(new Pki().server(b -> b.addSanDnsName("other.example")));

    harness.works(harness.builder(provider, right, careless));

    assertThat(harness.failure(harness.builder(provider, wrong, careless)))
        .contains("for another host", "localhost");
  }

  @BothProviders
  void verifiesTheOverriddenAuthorityAndSendsIt(SslProvider provider) throws Exception {
    int port = harness.serve(pki.server(b -> b.addSanDnsName("greeter.example")));

    harness.works(harness
        .builder(provider, port, harness.trusting().build())
        .overrideAuthority("greeter.example:8443"));

    assertThat(Objects.requireNonNull(harness.served.poll(60, TimeUnit.SECONDS)).getAuthority())
        .isEqualTo("greeter.example:8443");
  }

  @BothProviders
  void sendsACallUnderEveryNameOfTheCertificate(SslProvider provider) throws Exception {
    int port = harness.serve(pki.server(
        b -> b.addSanDnsName("localhost").addSanDnsName("a.Example").addSanIpAddress("10.0.0.1")));
    ClientConnBuilder builder =
        harness.builder(provider, port, harness.trusting().build());

    for (String name : List.of("LOCALHOST:1", "a.example", "A.EXAMPLE:2", "10.0.0.1")) {
      harness.works(builder, CallOptions.DEFAULT.withAuthority(name));
      assertThat(
              Objects.requireNonNull(harness.served.poll(60, TimeUnit.SECONDS)).getAuthority())
          .isEqualTo(name);
    }
  }

  @BothProviders
  void sendsNoCallUnderANameThatTheCertificateDoesNotHave(SslProvider provider) throws Exception {
    int port = harness.serve(pki.server(
        b -> b.addSanDnsName("localhost").addSanDnsName("a.example").addSanIpAddress("10.0.0.1")));
    ClientConnBuilder builder =
        harness.builder(provider, port, harness.trusting().build());

    for (String name : List.of("other", "b.example", "10.0.0.2:80")) {
      assertThat(harness.failure(builder, CallOptions.DEFAULT.withAuthority(name)))
          .isEqualTo("the call's authority '" + name + "' is for a host that the server's"
              + " certificate does not name, so nothing was sent (the certificate's names:"
              + " localhost, a.example, 10.0.0.1)");
    }
    assertThat(harness.served).isEmpty();
  }

  @BothProviders
  void connectsToAnAddressOfTheCertificate(SslProvider provider) throws Exception {
    int port = harness.serve(pki.server());
    SslContext context =
        Objects.requireNonNull(TlsCredentials.toSslContext(harness.trusting().build(), provider));

    harness.works(ClientConnBuilder.forTarget("127.0.0.1:" + port).sslContext(context));
    harness.works(ClientConnBuilder.forTarget("dns:///[::1]:" + port).sslContext(context));

    assertThat(harness.served)
        .extracting(call -> call.getAuthority())
        .containsExactly("127.0.0.1:" + port, "[::1]:" + port);
  }

  @Conforms("C150")
  @BothProviders
  void namesTheHostInTheHandshake(SslProvider provider) throws Exception {
    assertThat(serverName(provider, "greeter.example:8443")).isEqualTo("greeter.example");
  }

  @BothProviders
  void namesNoAddressInTheHandshake(SslProvider provider) throws Exception {
    // RFC 6066 section 3: literal addresses are not permitted.
    assertThat(serverName(provider, "127.0.0.1:8443")).isEqualTo("none");
  }

  private String serverName(SslProvider provider, String authority) throws Exception {
    X509Bundle certificate = pki.server();
    SslContext context = SslContextBuilder.forServer(
            Pki.chainPem(certificate), Pki.keyPem(certificate))
        .build();
    try (TlsPeer peer = new TlsPeer(context)) {
      harness.failure(harness
          .builder(provider, peer.port(), harness.trusting().build())
          .overrideAuthority(authority));
      return peer.serverName();
    }
  }

  @Test
  void compositeCredentialsBringTlsAndCallCredentials() throws Exception {
    int port = harness.serve(pki.server());
    CallCredentials token = new CallCredentials() {
      @Override
      public void applyRequestMetadata(RequestInfo call, Executor executor, MetadataApplier to) {
        Metadata metadata = new Metadata();
        metadata.put(TOKEN, "secret of " + call.getSecurityLevel());
        to.apply(metadata);
      }
    };

    harness.works(ClientConnBuilder.forTarget(
        "localhost:" + port,
        CompositeChannelCredentials.create(harness.trusting().build(), token)));

    assertThat(
            Objects.requireNonNull(harness.headers.poll(60, TimeUnit.SECONDS)).get(TOKEN))
        .isEqualTo("secret of PRIVACY_AND_INTEGRITY");
  }

  @Test
  void openSslIsUsedWhereItIsThere() throws Exception {
    assertThat(TlsCredentials.toSslContext(TlsChannelCredentials.create()))
        .isInstanceOf(OpenSslContext.class);
    assertThat(TlsCredentials.toSslContext(InsecureChannelCredentials.create())).isNull();
  }

  @Test
  void keyThatCannotBeReadIsNamed() {
    assertThatThrownBy(() -> ClientConnBuilder.forTarget(
            "localhost:1",
            harness
                .trusting()
                .keyManager(
                    Pki.chainPem(pki.server()),
                    new ByteArrayInputStream("nonsense".getBytes(UTF_8)))
                .build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("private key or certificate chain", "PKCS#8");
  }

  @Test
  void rootsThatCannotBeReadAreNamed() {
    assertThatThrownBy(() -> ClientConnBuilder.forTarget(
            "localhost:1",
            TlsChannelCredentials.newBuilder()
                .trustManager(new ByteArrayInputStream("nonsense".getBytes(UTF_8)))
                .build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("trusted root certificates", "PEM");
  }

  @Conforms("C150")
  @Test
  void sslContextWithoutHttp2IsRefused() throws Exception {
    SslContext context = SslContextBuilder.forClient()
        .applicationProtocolConfig(alpn("http/1.1"))
        .build();

    assertThatThrownBy(() -> ClientConnBuilder.forTarget("localhost:1").sslContext(context))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must offer h2 by ALPN");
  }

  private static ApplicationProtocolConfig alpn(String protocol) {
    return new ApplicationProtocolConfig(
        Protocol.ALPN,
        SelectorFailureBehavior.NO_ADVERTISE,
        SelectedListenerFailureBehavior.ACCEPT,
        protocol);
  }

  /** Catches the session that calls see. */
  private static final class Sessions implements ClientInterceptor {
    private final CompletableFuture<SSLSession> first = new CompletableFuture<>();

    @Override
    public <A, B> ClientCall<A, B> interceptCall(
        MethodDescriptor<A, B> method, CallOptions options, Channel next) {
      return new ForwardingClientCall.SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<B> listener, Metadata headers) {
          super.start(
              new ForwardingClientCallListener.SimpleForwardingClientCallListener<>(listener) {
                @Override
                public void onHeaders(Metadata received) {
                  first.complete(getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
                  super.onHeaders(received);
                }
              },
              headers);
        }
      };
    }
  }

  /** Not an X509ExtendedTrustManager, so it does not get the host. */
  private static final class Careless implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
