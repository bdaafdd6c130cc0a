// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import io.grpc.ChannelCredentials;
import io.grpc.ChoiceChannelCredentials;
import io.grpc.CompositeChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.ByteArrayInputStream;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Converts channel credentials of io.grpc into a TLS context for HTTP/2 (RFC 9113 section 9.2). */
public final class TlsCredentials {

  private static final Set<TlsChannelCredentials.Feature> SUPPORTED =
      EnumSet.of(TlsChannelCredentials.Feature.MTLS, TlsChannelCredentials.Feature.CUSTOM_MANAGERS);

  private TlsCredentials() {}

  /**
   * Returns the context for the credentials, {@code null} for plaintext.
   *
   * @throws IllegalArgumentException if credentials of this type are not supported
   * @throws SSLException if keys or certificates cannot be read
   */
  public static @Nullable SslContext toSslContext(ChannelCredentials credentials)
      throws SSLException {
    ChannelCredentials bare = withoutCallCredentials(credentials);
    // Loading the native library and the JDK's security providers is slow: not for plaintext.
    return bare instanceof InsecureChannelCredentials ? null : toSslContext(bare, provider());
  }

  /** As {@link #toSslContext(ChannelCredentials)}, with the given TLS implementation. */
  public static @Nullable SslContext toSslContext(
      ChannelCredentials credentials, SslProvider provider) throws SSLException {
    ChannelCredentials bare = withoutCallCredentials(credentials);
    if (bare instanceof InsecureChannelCredentials) {
      return null;
    }
    if (bare instanceof TlsChannelCredentials tls) {
      return tlsContext(tls, provider);
    }
    throw new IllegalArgumentException("Channel credentials of type "
        + bare.getClass().getName()
        + " are not supported: use TlsChannelCredentials, InsecureChannelCredentials, or a"
        + " CompositeChannelCredentials of them");
  }

  /**
   * Returns the first alternative of which type and features are supported, or the credentials
   * themselves if there are no alternatives. An alternative is not skipped because its keys or
   * certificates cannot be read: such a mistake must not lead to weaker security.
   *
   * @throws IllegalArgumentException if no alternative is supported
   */
  public static ChannelCredentials firstSupported(ChannelCredentials credentials) {
    if (!(credentials instanceof ChoiceChannelCredentials choice)) {
      return credentials;
    }
    for (ChannelCredentials alternative : choice.getCredentialsList()) {
      if (isSupported(alternative)) {
        return firstSupported(alternative);
      }
    }
    throw new IllegalArgumentException("None of the alternatives of the ChoiceChannelCredentials is"
        + " supported: " + choice.getCredentialsList());
  }

  private static boolean isSupported(ChannelCredentials credentials) {
    ChannelCredentials bare = withoutCallCredentials(credentials);
    if (bare instanceof ChoiceChannelCredentials choice) {
      return choice.getCredentialsList().stream().anyMatch(TlsCredentials::isSupported);
    }
    return bare instanceof TlsChannelCredentials tls
        ? tls.incomprehensible(SUPPORTED).isEmpty()
        : bare instanceof InsecureChannelCredentials;
  }

  private static ChannelCredentials withoutCallCredentials(ChannelCredentials credentials) {
    ChannelCredentials bare = credentials;
    while (bare instanceof CompositeChannelCredentials composite) {
      bare = composite.getChannelCredentials();
    }
    return bare;
  }

  /**
   * Returns OpenSSL (or BoringSSL) where netty-tcnative is on the classpath: it is faster than the
   * JDK's TLS.
   */
  public static SslProvider provider() {
    return OpenSsl.isAvailable() && SslProvider.isAlpnSupported(SslProvider.OPENSSL)
        ? SslProvider.OPENSSL
        : SslProvider.JDK;
  }

  private static SslContext tlsContext(TlsChannelCredentials tls, SslProvider provider)
      throws SSLException {
    Set<TlsChannelCredentials.Feature> missing = tls.incomprehensible(SUPPORTED);
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "TlsChannelCredentials ask for features that are not supported: " + missing);
    }
    SslContextBuilder builder = builder(verifiesHosts(tls) ? provider : SslProvider.JDK);
    requireReadable("private key or certificate chain", () -> keys(tls, builder));
    requireReadable("trusted root certificates", () -> trust(tls, builder));
    return builder.build();
  }

  private static void keys(TlsChannelCredentials tls, SslContextBuilder builder) {
    List<KeyManager> managers = tls.getKeyManagers();
    byte[] chain = tls.getCertificateChain();
    byte[] key = tls.getPrivateKey();
    if (managers != null && !managers.isEmpty()) {
      builder.keyManager(managers.get(0));
    } else if (chain != null && key != null) {
      builder.keyManager(
          new ByteArrayInputStream(chain),
          new ByteArrayInputStream(key),
          tls.getPrivateKeyPassword());
    }
  }

  private static void trust(TlsChannelCredentials tls, SslContextBuilder builder) {
    List<TrustManager> managers = tls.getTrustManagers();
    byte[] roots = tls.getRootCertificates();
    if (managers != null && !managers.isEmpty()) {
      builder.trustManager(managers.get(0));
    } else if (roots != null) {
      builder.trustManager(new ByteArrayInputStream(roots));
    }
  }

  /**
   * Whether the trust manager verifies the host, or is the default one. Where it does not, the
   * JDK's TLS verifies the host itself. With OpenSSL, Netty can do that only through internals of
   * the JDK, which Java 25 does not open; so such trust managers get the JDK's TLS.
   */
  private static boolean verifiesHosts(TlsChannelCredentials tls) {
    List<TrustManager> managers = tls.getTrustManagers();
    return managers == null
        || managers.isEmpty()
        || managers.get(0) instanceof X509ExtendedTrustManager;
  }

  /** Netty's message says neither which part is wrong nor which format is expected. */
  private static void requireReadable(String what, Runnable part) {
    try {
      part.run();
    } catch (IllegalArgumentException e) {
      Throwable reason = e.getCause() == null ? e : e.getCause();
      throw new IllegalArgumentException(
          "The TlsChannelCredentials' " + what + " cannot be read (" + reason.getMessage()
              + "): PEM is needed, with private keys in PKCS#8 (\"BEGIN PRIVATE KEY\")",
          e);
    }
  }

  private static SslContextBuilder builder(SslProvider provider) {
    return SslContextBuilder.forClient()
        .sslProvider(provider)
        .protocols("TLSv1.3", "TLSv1.2")
        .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
        .applicationProtocolConfig(new ApplicationProtocolConfig(
            Protocol.ALPN,
            SelectorFailureBehavior.NO_ADVERTISE,
            SelectedListenerFailureBehavior.ACCEPT,
            ApplicationProtocolNames.HTTP_2));
  }
}
