// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.tls;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConn;
import dev.clientconn.ClientConnBuilder;
import dev.clientconn.ReloadableTls;
import dev.clientconn.internal.http2.connect.TlsCredentials;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ServerCall;
import io.grpc.TlsChannelCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.SslSocketAndEnginePeerVerifier;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.Socket;
import java.net.URISyntaxException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Verifies servers by what is not a host name, with the trust and key managers of grpc-util. */
@Timeout(120)
class CustomVerifierTest {
  private static final String ID = "spiffe://example.org/greeter";

  @RegisterExtension
  final TlsHarness harness = new TlsHarness();

  private final Pki pki = harness.pki;

  @BothProviders
  void serverIsAcceptedByItsSpiffeId(SslProvider provider) throws Exception {
    int port = harness.serve(pki.server(b -> withId(b, ID)));

    harness.works(connect(provider, port, trusting(Verification.CERTIFICATE_ONLY_VERIFICATION)));

    assertThat(harness.served).hasSize(1);
  }

  @BothProviders
  void serverWithAnotherSpiffeIdIsRefused(SslProvider provider) throws Exception {
    int port = harness.serve(pki.server(b -> withId(b, "spiffe://example.org/other")));

    assertThat(harness.failure(
            connect(provider, port, trusting(Verification.CERTIFICATE_ONLY_VERIFICATION))))
        .contains("the server's certificate is not accepted", "[spiffe://example.org/other]");
  }

  @BothProviders
  void spiffeIdOfAnUnknownAuthorityIsRefused(SslProvider provider) throws Exception {
    int port = harness.serve(new Pki().server(b -> withId(b, ID)));

    assertThat(harness.failure(
            connect(provider, port, trusting(Verification.CERTIFICATE_ONLY_VERIFICATION))))
        .contains("the server's certificate is not accepted");
  }

  @BothProviders
  void hostNameIsVerifiedBesideTheSpiffeIdWhereThatIsAskedFor(SslProvider provider)
      throws Exception {
    int without = harness.serve(pki.server(b -> withId(b, ID)));
    int with = harness.serve(pki.server(b -> withId(b, ID).addSanDnsName("localhost")));

    assertThat(harness.failure(connect(
            provider, without, trusting(Verification.CERTIFICATE_AND_HOST_NAME_VERIFICATION))))
        .contains("for another host");
    harness.works(
        connect(provider, with, trusting(Verification.CERTIFICATE_AND_HOST_NAME_VERIFICATION)));
  }

  @BothProviders
  void callUnderAnotherAuthorityIsRefusedWhereTheCertificateHasNoNames(SslProvider provider)
      throws Exception {
    int port = harness.serve(pki.server(b -> withId(b, ID)));
    ClientConnBuilder builder =
        builder(provider, port, trusting(Verification.CERTIFICATE_ONLY_VERIFICATION));

    harness.works(builder, CallOptions.DEFAULT.withAuthority("localhost:1"));
    assertThat(harness.failure(builder, CallOptions.DEFAULT.withAuthority("other.example")))
        .contains("nothing was sent", "certificate's names: none");
  }

  @BothProviders
  void newConnectionShowsTheCertificateThatTheKeyManagerWasGiven(SslProvider provider)
      throws Exception {
    AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
    set(keys, client("CN=first"));
    ChannelCredentials credentials = harness.trusting().keyManager(keys).build();
    ReloadableTls tls = ReloadableTls.of(
        Objects.requireNonNull(TlsCredentials.toSslContext(credentials, provider)));
    ClientConn conn = ClientConnBuilder.forTarget("localhost:" + harness.serveMutual())
        .tls(tls)
        .build();
    harness.works(conn);
    assertThat(principalOfTheLastCall()).isEqualTo("CN=first");

    set(keys, client("CN=second"));
    // Made anew, so that the session of the first certificate is not resumed.
    tls.update(Objects.requireNonNull(TlsCredentials.toSslContext(credentials, provider)));

    do {
      harness.works(conn);
    } while (!principalOfTheLastCall().equals("CN=second"));
  }

  @BothProviders
  void trustManagerThatIsUpdatedDecidesAboutNewConnections(SslProvider provider) throws Exception {
    AdvancedTlsX509TrustManager trust = AdvancedTlsX509TrustManager.newBuilder().build();
    trust.updateTrustCredentials(new X509Certificate[] {new Pki().root().getCertificate()});
    int port = harness.serve(pki.server());
    ClientConnBuilder builder = builder(provider, port, trust);
    assertThat(harness.failure(builder)).contains("the server's certificate is not accepted");

    trust.updateTrustCredentials(new X509Certificate[] {pki.root().getCertificate()});

    harness.works(builder);
  }

  private AdvancedTlsX509TrustManager trusting(Verification verification) throws Exception {
    AdvancedTlsX509TrustManager trust = AdvancedTlsX509TrustManager.newBuilder()
        .setVerification(verification)
        .setSslSocketAndEnginePeerVerifier(new SpiffeIdCheck())
        .build();
    trust.updateTrustCredentials(new X509Certificate[] {pki.root().getCertificate()});
    return trust;
  }

  private ClientConn connect(SslProvider provider, int port, AdvancedTlsX509TrustManager trust)
      throws IOException {
    return builder(provider, port, trust).build();
  }

  private ClientConnBuilder builder(
      SslProvider provider, int port, AdvancedTlsX509TrustManager trust) throws IOException {
    return harness.builder(
        provider, port, TlsChannelCredentials.newBuilder().trustManager(trust).build());
  }

  private static CertificateBuilder withId(CertificateBuilder builder, String id) {
    try {
      return builder.addSanUriName(id);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private X509Bundle client(String subject) {
    return pki.client(b -> b.subject(subject));
  }

  private static void set(AdvancedTlsX509KeyManager keys, X509Bundle certificate) {
    keys.updateIdentityCredentials(
        certificate.getCertificatePath(), certificate.getKeyPair().getPrivate());
  }

  private String principalOfTheLastCall() throws Exception {
    ServerCall<?, ?> call = Objects.requireNonNull(harness.served.poll(60, SECONDS));
    return Objects.requireNonNull(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION))
        .getPeerPrincipal()
        .toString();
  }

  /** Compares the URI of the subject alternative names, after the chain has been verified. */
  private static final class SpiffeIdCheck implements SslSocketAndEnginePeerVerifier {
    private static final int URI = 6;

    @Override
    public void verifyPeerCertificate(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      verify(chain[0]);
    }

    @Override
    public void verifyPeerCertificate(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      verify(chain[0]);
    }

    private static void verify(X509Certificate certificate) throws CertificateException {
      List<Object> ids = certificate.getSubjectAlternativeNames().stream()
          .filter(name -> name.get(0).equals(URI))
          .<Object>map(name -> name.get(1))
          .toList();
      if (!ids.equals(List.of(ID))) {
        throw new CertificateException("the SPIFFE id must be " + ID + ", but is " + ids);
      }
    }
  }
}
