// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.tls;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.ReloadableTls;
import dev.clientconn.internal.http2.connect.TlsCredentials;
import dev.clientconn.testing.ChannelStates;
import dev.clientconn.testing.EchoServers;
import dev.clientconn.testing.LoggedWarnings;
import dev.clientconn.testing.SteadyCalls;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ServerCall;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Replaces keys and certificates while channels run, over sockets and with real certificates. */
@Timeout(300)
class TlsChangeTest {
  private static final int CHANGES = 100;

  @RegisterExtension
  final TlsHarness harness = new TlsHarness();

  @RegisterExtension
  final LoggedWarnings warnings = new LoggedWarnings();

  private final Pki pki = harness.pki;

  @BothProviders
  void callsMoveToAConnectionWithTheNewCertificate(SslProvider provider) throws Exception {
    ReloadableTls tls = ReloadableTls.of(context(provider, client("CN=first")));
    ClientConn conn = connect(harness.serveMutual(), tls);
    harness.works(conn);
    assertThat(principalOfTheLastCall()).isEqualTo("CN=first");

    tls.update(context(provider, client("CN=second")));

    awaitPrincipal(conn, "CN=second");
    assertThat(warnings.messages()).isEmpty();
  }

  @BothProviders
  void channelsShareTheMaterial(SslProvider provider) throws Exception {
    ReloadableTls tls = ReloadableTls.of(context(provider, client("CN=first")));
    int port = harness.serveMutual();
    ClientConn one = connect(port, tls);
    ClientConn two = connect(port, tls);
    harness.works(one);
    harness.works(two);

    tls.update(context(provider, client("CN=second")));

    awaitPrincipal(one, "CN=second");
    awaitPrincipal(two, "CN=second");
  }

  @BothProviders
  void idleChannelUsesTheNewCertificateForItsNextConnection(SslProvider provider) throws Exception {
    ReloadableTls tls = ReloadableTls.of(context(provider, client("CN=first")));
    ClientConn conn = connect(harness.serveMutual(), tls);

    tls.update(context(provider, client("CN=second")));
    harness.works(conn);

    assertThat(principalOfTheLastCall()).isEqualTo("CN=second");
  }

  @BothProviders
  void channelThatCouldNotConnectDoesSoWithTheNewMaterial(SslProvider provider) throws Exception {
    TlsChannelCredentials.Builder unknown =
        TlsChannelCredentials.newBuilder().trustManager(new Pki().rootPem());
    ReloadableTls tls = ReloadableTls.of(context(provider, unknown.build()));
    ClientConn conn = connect(harness.serve(pki.server()), tls);
    assertThat(harness.failure(conn)).contains("no authority that this channel trusts");

    tls.update(context(provider, harness.trusting().build()));

    // It waits for the attempt that the update has started, not for the end of the backoff.
    harness.works(conn, CallOptions.DEFAULT.withWaitForReady());
  }

  @BothProviders
  void connectionStaysInUseWhereTheNewMaterialFailsInTheHandshake(SslProvider provider)
      throws Exception {
    ReloadableTls tls = ReloadableTls.of(context(provider, harness.trusting().build()));
    ClientConn conn = connect(harness.serve(pki.server()), tls);
    harness.works(conn);

    boolean accepted = tls.update(
        "other-ca.pem",
        () -> context(
            provider,
            TlsChannelCredentials.newBuilder().trustManager(new Pki().rootPem()).build()));
    awaitWarning();
    harness.works(conn);

    assertThat(accepted).as("it can be read").isTrue();
    assertThat(warnings.messages()).hasSize(1);
    assertThat(warnings.messages().get(0))
        .contains("other-ca.pem", "it stays in use", "no authority that this channel trusts");
    tls.update(context(provider, harness.trusting().build()));
    harness.works(conn);
  }

  @BothProviders
  void noCallIsLostByAHundredChanges(SslProvider provider) throws Exception {
    SslContext[] contexts = {
      context(provider, client("CN=even")), context(provider, client("CN=odd"))
    };
    ReloadableTls tls = ReloadableTls.of(contexts[0]);
    ClientConn conn = connect(harness.serveMutual(), tls);
    harness.works(conn);

    SteadyCalls calls = new SteadyCalls(conn, EchoServers.METHOD);
    SteadyCalls.Result result = calls.during(() -> {
      for (int i = 1; i <= CHANGES; i++) {
        tls.update(contexts[i % 2]);
        Thread.sleep(SteadyCalls.TIME.toMillis() / CHANGES);
        calls.awaitCalls(i);
      }
    });

    assertThat(result.failures()).isEmpty();
    assertThat(result.calls()).isGreaterThanOrEqualTo(CHANGES);
    tls.update(contexts[1]);
    awaitPrincipal(conn, "CN=odd");
    assertThat(warnings.messages()).isEmpty();
  }

  @BothProviders
  void sessionIsResumedByConnectionsWithTheSameMaterial(SslProvider provider) throws Exception {
    CountingTrust trust = new CountingTrust(pki.root().toTrustManager());
    ChannelCredentials credentials =
        TlsChannelCredentials.newBuilder().trustManager(trust).build();
    ReloadableTls tls = ReloadableTls.of(context(provider, credentials));
    ClientConn conn = connect(harness.serve(resumingServer()), tls);
    harness.works(conn);
    assertThat(trust.checks).hasValue(1);

    ChannelStates.makeIdle(conn);
    harness.works(conn);
    assertThat(trust.checks).as("a resumed session was verified before").hasValue(1);

    tls.update(context(provider, credentials));
    awaitChecks(conn, trust.checks, 2);
  }

  @Test
  void materialThatCannotBeUsedIsRefused() throws Exception {
    ReloadableTls tls = ReloadableTls.of(harness.trusting().build());

    assertThatThrownBy(() -> tls.update(InsecureChannelCredentials.create()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("plaintext");
    assertThatThrownBy(() -> tls.update(SslContextBuilder.forClient().build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must offer h2 by ALPN");
    assertThatThrownBy(() -> tls.update(harness
            .trusting()
            .keyManager(Pki.chainPem(pki.client(b -> b)), Pki.keyPem(pki.client(b -> b)))
            .build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not the key of the client certificate");
    assertThat(warnings.messages()).isEmpty();
    harness.works(connect(harness.serve(pki.server()), tls));
  }

  @Test
  void loaderThatThrowsIsReportedWithItsSource() throws Exception {
    ReloadableTls tls = ReloadableTls.of(harness.trusting().build());

    assertThat(tls.update("SSL bundle 'greeter'", () -> {
          throw new IOException("truncated");
        }))
        .isFalse();

    assertThat(warnings.messages())
        .containsExactly("New TLS material from SSL bundle 'greeter' is not used, the material"
            + " before it stays in use: java.io.IOException: truncated");
    harness.works(connect(harness.serve(pki.server()), tls));
  }

  private ClientConn connect(int port, ReloadableTls tls) {
    return ClientConnBuilder.forTarget("localhost:" + port).tls(tls).build();
  }

  private ChannelCredentials client(String subject) throws Exception {
    X509Bundle certificate = pki.client(b -> b.subject(subject));
    return harness
        .trusting()
        .keyManager(Pki.chainPem(certificate), Pki.keyPem(certificate))
        .build();
  }

  private static SslContext context(SslProvider provider, ChannelCredentials credentials)
      throws IOException {
    return Objects.requireNonNull(TlsCredentials.toSslContext(credentials, provider));
  }

  /** The JDK's, which issues session tickets. */
  private SslContext resumingServer() throws IOException {
    X509Bundle certificate = pki.server();
    return GrpcSslContexts.configure(
            SslContextBuilder.forServer(Pki.chainPem(certificate), Pki.keyPem(certificate)),
            SslProvider.JDK)
        .build();
  }

  private String principalOfTheLastCall() throws Exception {
    ServerCall<?, ?> last = Objects.requireNonNull(harness.served.poll(60, SECONDS));
    for (ServerCall<?, ?> next = last; next != null; next = harness.served.poll()) {
      last = next;
    }
    return Objects.requireNonNull(last.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION))
        .getPeerPrincipal()
        .toString();
  }

  /** Calls until the server sees the certificate: the handshake takes its time. */
  private void awaitPrincipal(ClientConn conn, String principal) throws Exception {
    do {
      harness.works(conn);
    } while (!principalOfTheLastCall().equals(principal));
  }

  private void awaitChecks(ClientConn conn, AtomicInteger checks, int expected) {
    do {
      harness.works(conn);
    } while (checks.get() < expected);
  }

  private void awaitWarning() throws InterruptedException {
    while (warnings.messages().isEmpty()) {
      Thread.sleep(5);
    }
  }
}
