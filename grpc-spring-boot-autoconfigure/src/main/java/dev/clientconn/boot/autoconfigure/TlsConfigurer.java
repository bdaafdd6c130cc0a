// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConnBuilder;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.util.Arrays;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;

/**
 * Gives the builder of a target the certificates, keys, ciphers and protocols of its bundle. It does so by a context and not
 * by channel credentials: those cannot carry ciphers and protocols, and a customizer could not change them any more.
 */
final class TlsConfigurer {

  private final @Nullable SslBundles bundles;

  TlsConfigurer(@Nullable SslBundles bundles) {
    this.bundles = bundles;
  }

  /** Without a bundle the builder keeps its default: TLS with the certificate authorities of the JVM. */
  void apply(TargetSettings settings, ClientConnBuilder builder) {
    String name = settings.values().getSsl().getBundle();
    if (name == null) {
      return;
    }
    try {
      builder.sslContext(context(bundle(settings, name)));
    } catch (SSLException | IllegalArgumentException | IllegalStateException refused) {
      throw settings.invalid(
          "ssl.bundle", name, "This bundle cannot be used: " + refused.getMessage());
    }
  }

  private SslBundle bundle(TargetSettings settings, String name) {
    if (this.bundles == null) {
      throw settings.invalid("ssl.bundle", name, "There are no SSL bundles in this application.");
    }
    try {
      return this.bundles.getBundle(name);
    } catch (NoSuchSslBundleException missing) {
      throw settings.invalid(
          "ssl.bundle", name, "There is no SSL bundle of this name below spring.ssl.bundle.");
    }
  }

  private static SslContext context(SslBundle bundle) throws SSLException {
    SslContextBuilder builder = SslContextBuilder.forClient()
        .keyManager(bundle.getManagers().getKeyManagerFactory())
        .trustManager(bundle.getManagers().getTrustManagerFactory())
        .applicationProtocolConfig(new ApplicationProtocolConfig(
            Protocol.ALPN,
            SelectorFailureBehavior.NO_ADVERTISE,
            SelectedListenerFailureBehavior.ACCEPT,
            ApplicationProtocolNames.HTTP_2));
    SslOptions options = bundle.getOptions();
    String[] ciphers = options.getCiphers();
    String[] protocols = options.getEnabledProtocols();
    return builder
        .ciphers(
            ciphers == null ? Http2SecurityUtil.CIPHERS : Arrays.asList(ciphers),
            SupportedCipherSuiteFilter.INSTANCE)
        .protocols(protocols == null ? new String[] {"TLSv1.3", "TLSv1.2"} : protocols)
        .build();
  }
}
