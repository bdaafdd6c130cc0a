// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clientconn.ClientConnBuilder;
import dev.clientconn.conformance.Conforms;
import io.grpc.InsecureServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Checks the usual mistakes: each is UNAVAILABLE and says what was observed and what to do. */
@Timeout(120)
class TlsMistakesTest {

  @RegisterExtension
  final TlsHarness harness = new TlsHarness();

  private final Pki pki = harness.pki;

  @BothProviders
  void certificateThatHasExpired(SslProvider provider) throws Exception {
    Instant now = Instant.now();
    int port = harness.serve(pki.server(b -> b.addSanDnsName("localhost")
        .notBefore(now.minus(9, ChronoUnit.DAYS))
        .notAfter(now.minus(2, ChronoUnit.DAYS))));

    assertThat(failure(provider, port))
        .contains("cannot connect to", "has expired", "NotAfter", "have the server renew it");
  }

  @BothProviders
  void certificateThatIsNotValidYet(SslProvider provider) throws Exception {
    Instant now = Instant.now();
    int port = harness.serve(pki.server(b -> b.addSanDnsName("localhost")
        .notBefore(now.plus(2, ChronoUnit.DAYS))
        .notAfter(now.plus(9, ChronoUnit.DAYS))));

    assertThat(failure(provider, port)).contains("not valid yet", "NotBefore", "check the clocks");
  }

  @BothProviders
  void certificateForAnotherHost(SslProvider provider) throws Exception {
    int port = harness.serve(pki.server(b -> b.addSanDnsName("other.example")));

    assertThat(failure(provider, port))
        .contains("for another host", "localhost", "overrideAuthority");
  }

  @BothProviders
  void certificateForAnotherAddress(SslProvider provider) throws Exception {
    int port = harness.serve(pki.server(b -> b.addSanDnsName("localhost")));

    assertThat(harness.failure(harness
            .builder(provider, port, harness.trusting().build())
            .overrideAuthority("127.0.0.1:" + port)))
        .contains("for another host", "127.0.0.1", "overrideAuthority");
  }

  @BothProviders
  void certificateOfAnUnknownAuthority(SslProvider provider) throws Exception {
    int port = harness.serve(new Pki().server());

    assertThat(failure(provider, port)).contains("no authority that this channel trusts");
  }

  @BothProviders
  void certificateOfAnAuthorityThatWasMadeAnew(SslProvider provider) throws Exception {
    String sameName = pki.root().getCertificate().getSubjectX500Principal().getName();
    int port = harness.serve(new Pki(sameName).server());

    assertThat(failure(provider, port)).contains("same name", "another key");
  }

  @BothProviders
  void selfSignedCertificate(SslProvider provider) throws Exception {
    int port = harness.serve(Pki.selfSigned());

    assertThat(failure(provider, port)).contains("no authority that this channel trusts");
  }

  @BothProviders
  void certificateOfAPrivateAuthorityWithTheJvmsTrustStore(SslProvider provider) throws Exception {
    int port = harness.serve(pki.server());

    assertThat(harness.failure(harness.builder(provider, port, TlsChannelCredentials.create())))
        .contains("no authority that this channel trusts", "TlsChannelCredentials.trustManager");
  }

  @Conforms("C150")
  @BothProviders
  void serverWithoutAlpn(SslProvider provider) throws Exception {
    try (TlsPeer peer = peer(SslProvider.JDK, b -> b)) {
      assertThat(failure(provider, peer.port()))
          .contains("took part in no ALPN", "HTTP/2 (h2)", "is this a gRPC port");
    }
  }

  @BothProviders
  void serverThatOffersOnlyHttp1(SslProvider provider) throws Exception {
    try (TlsPeer peer = peer(
        SslProvider.JDK,
        b -> b.applicationProtocolConfig(new ApplicationProtocolConfig(
            Protocol.ALPN,
            SelectorFailureBehavior.FATAL_ALERT,
            SelectedListenerFailureBehavior.ACCEPT,
            "http/1.1")))) {
      assertThat(failure(provider, peer.port())).contains("refuses HTTP/2", "is this a gRPC port");
    }
  }

  /**
   * Only the JDK looks at it so early; OpenSSL finds it at the end of the handshake, as any other
   * wrong choice.
   */
  @Test
  void serverThatChoosesHttp1Unasked() throws Exception {
    try (ServerSocket listener = new ServerSocket(0)) {
      CompletableFuture<Void> served = CompletableFuture.runAsync(() -> answerWithHttp1(listener));

      assertThat(failure(SslProvider.JDK, listener.getLocalPort()))
          .contains("chose by ALPN what was not offered", "is this a gRPC port");
      served.get(60, TimeUnit.SECONDS);
    }
  }

  /**
   * A ServerHello of TLS 1.2 that chooses http/1.1 (RFC 5246 section 7.4.1.3, RFC 7301 section
   * 3.1).
   */
  private static void answerWithHttp1(ServerSocket listener) {
    String alpn = "0010" + "000b" + "0009" + "08" + "687474702f312e31";
    String extensions = "ff01" + "0001" + "00" + "0017" + "0000" + alpn;
    String hello = "0303" + "01".repeat(32) + "00" + "c02b" + "00"
        + String.format("%04x", extensions.length() / 2) + extensions;
    String message = "02" + String.format("%06x", hello.length() / 2) + hello;
    String tlsRecord = "16" + "0303" + String.format("%04x", message.length() / 2) + message;
    try (Socket socket = listener.accept()) {
      byte[] header = socket.getInputStream().readNBytes(5);
      socket.getInputStream().readNBytes(((header[3] & 0xFF) << 8) | (header[4] & 0xFF));
      socket.getOutputStream().write(HexFormat.of().parseHex(tlsRecord));
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BothProviders
  void serverThatPrefersHttp1OfWhatTheUsersContextOffers(SslProvider provider) throws Exception {
    ApplicationProtocolConfig both = new ApplicationProtocolConfig(
        Protocol.ALPN,
        SelectorFailureBehavior.NO_ADVERTISE,
        SelectedListenerFailureBehavior.ACCEPT,
        "http/1.1",
        "h2");
    try (TlsPeer peer = peer(SslProvider.JDK, b -> b.applicationProtocolConfig(both))) {
      ClientConnBuilder builder = ClientConnBuilder.forTarget("localhost:" + peer.port())
          .sslContext(SslContextBuilder.forClient()
              .sslProvider(provider)
              .trustManager(pki.rootPem())
              .applicationProtocolConfig(both)
              .build());

      assertThat(harness.failure(builder))
          .contains("chose http/1.1 by ALPN", "HTTP/2 (h2)", "is this a gRPC port");
    }
  }

  @BothProviders
  void plaintextServer(SslProvider provider) throws Exception {
    int port = harness.serve(InsecureServerCredentials.create());

    assertThat(failure(provider, port)).contains("does not speak TLS", "usePlaintext()");
  }

  @Test
  void tlsServerOfAPlaintextChannel() throws Exception {
    int port = harness.serve(pki.server());

    assertThat(harness.failure(ClientConnBuilder.forTarget("localhost:" + port).usePlaintext()))
        .contains("TLS")
        .containsAnyOf("use TLS", "a server that expects TLS does this to plaintext");
  }

  @BothProviders
  void missingClientCertificate(SslProvider provider) throws Exception {
    int port = harness.serveMutual();

    assertThat(failure(provider, port))
        .contains("demands a client certificate", "TlsChannelCredentials.keyManager");
  }

  @BothProviders
  void clientCertificateOfAnUnknownAuthority(SslProvider provider) throws Exception {
    int port = harness.serveMutual();
    X509Bundle foreign = new Pki().client(b -> b);

    assertThat(harness.failure(harness.builder(
            provider,
            port,
            harness
                .trusting()
                .keyManager(Pki.chainPem(foreign), Pki.keyPem(foreign))
                .build())))
        .contains("demands a client certificate", "none that the server trusts");
  }

  @BothProviders
  void clientCertificateThatIsRefused(SslProvider provider) throws Exception {
    int port = harness.serveMutualWithoutHints();
    X509Bundle client = pki.client(b -> b);

    assertThat(harness.failure(harness.builder(
            provider,
            port,
            harness
                .trusting()
                .keyManager(Pki.chainPem(client), Pki.keyPem(client))
                .build())))
        .contains("refuses the client certificate", "TlsChannelCredentials.keyManager");
  }

  @BothProviders
  void serverOfOldTls(SslProvider provider) throws Exception {
    try (TlsPeer peer = peer(SslProvider.OPENSSL, b -> b.protocols("TLSv1.1"))) {
      assertThat(failure(provider, peer.port())).contains("TLS 1.3 and 1.2");
    }
  }

  @BothProviders
  void serverWithoutACommonCipherSuite(SslProvider provider) throws Exception {
    try (TlsPeer peer = peer(
        SslProvider.JDK,
        b -> b.protocols("TLSv1.2").ciphers(List.of("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA")))) {
      assertThat(Http2SecurityUtil.CIPHERS).doesNotContain("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA");
      assertThat(failure(provider, peer.port())).contains("no common cipher suite", "AEAD");
    }
  }

  @BothProviders
  void handshakeThatNeverEnds(SslProvider provider) throws Exception {
    // The kernel accepts the connection; no server reads from it.
    try (ServerSocket silent = new ServerSocket(0)) {
      assertThat(harness.failure(harness
              .builder(provider, silent.getLocalPort(), harness.trusting().build())
              .connectTimeout(Duration.ofMillis(300))))
          .contains("timed out after 300 ms", "in the TLS handshake", "expects plaintext");
    }
  }

  private String failure(SslProvider provider, int port) throws IOException {
    return harness.failure(harness.builder(provider, port, harness.trusting().build()));
  }

  private TlsPeer peer(SslProvider provider, UnaryOperator<SslContextBuilder> change)
      throws Exception {
    X509Bundle certificate = pki.server();
    return new TlsPeer(change
        .apply(SslContextBuilder.forServer(Pki.chainPem(certificate), Pki.keyPem(certificate))
            .sslProvider(provider))
        .build());
  }
}
