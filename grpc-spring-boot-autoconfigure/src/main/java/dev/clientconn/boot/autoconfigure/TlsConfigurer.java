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
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.util.StringUtils;

/**
 * Applies the certificates, keys, ciphers and protocols of an SSL bundle to a builder. It sets an
 * SSL context instead of channel credentials, which cannot contain ciphers and protocols and could
 * not be changed by a customizer.
 */
final class TlsConfigurer {

  private static final Log logger = LogFactory.getLog(TlsConfigurer.class);

  private final @Nullable SslBundles bundles;

  TlsConfigurer(@Nullable SslBundles bundles) {
    this.bundles = bundles;
  }

  /**
   * Applies the bundle of a target. Without a bundle the default of the builder applies: TLS with
   * the certificate authorities of the JVM.
   */
  void apply(TargetSettings settings, ClientConnBuilder builder) {
    String name = settings.values().getSsl().getBundle();
    if (!StringUtils.hasText(name)) {
      return;
    }
    try {
      SslBundle bundle = bundle(settings, name);
      builder.sslContext(context(bundle));
      warnOfClientCertificates(settings, bundle);
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
          "ssl.bundle",
          name,
          "There is no SSL bundle of this name below spring.ssl.bundle." + present());
    }
  }

  private String present() {
    List<String> names = this.bundles == null ? List.of() : this.bundles.getBundleNames();
    return names.isEmpty()
        ? " No bundles are configured."
        : " Configured: %s.".formatted(String.join(", ", names));
  }

  /** Warns only: servers that do not require a client certificate can still be called. */
  private static void warnOfClientCertificates(TargetSettings settings, SslBundle bundle) {
    ClientCertificates.problems(bundle.getStores().getKeyStore(), Instant.now())
        .forEach(problem -> {
          ConfigurationProperty property = settings.property("ssl.bundle");
          logger.warn("The client certificate of the gRPC target '" + settings.name()
              + "' is not valid; servers that require one will reject it: " + problem
              + " in the SSL bundle." + PropertyText.ofNullable(property));
        });
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
