// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConnBuilder;
import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.util.Arrays;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.boot.ssl.SslOptions;

/** Starts the builder of a target that uses TLS, with the certificates, keys, ciphers and protocols of its bundle. */
final class TlsConfigurer {

  private final @Nullable SslBundles bundles;

  TlsConfigurer(@Nullable SslBundles bundles) {
    this.bundles = bundles;
  }

  ClientConnBuilder newBuilder(TargetSettings settings) {
    String name = settings.values().getSsl().getBundle();
    if (name == null) {
      return ClientConnBuilder.forTarget(settings.address(), TlsChannelCredentials.create());
    }
    SslBundle bundle = bundle(settings, name);
    if (bundle.getOptions().isSpecified()) {
      return ClientConnBuilder.forTarget(settings.address()).sslContext(context(settings, bundle));
    }
    return ClientConnBuilder.forTarget(settings.address(), credentials(bundle.getManagers()));
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

  private static ChannelCredentials credentials(SslManagerBundle managers) {
    return TlsChannelCredentials.newBuilder()
        .keyManager(managers.getKeyManagers())
        .trustManager(managers.getTrustManagers())
        .build();
  }

  /** Credentials of io.grpc cannot carry ciphers and protocols; a context can. */
  private static SslContext context(TargetSettings settings, SslBundle bundle) {
    SslOptions options = bundle.getOptions();
    SslContextBuilder builder = SslContextBuilder.forClient()
        .keyManager(bundle.getManagers().getKeyManagerFactory())
        .trustManager(bundle.getManagers().getTrustManagerFactory())
        .applicationProtocolConfig(new ApplicationProtocolConfig(
            Protocol.ALPN,
            SelectorFailureBehavior.NO_ADVERTISE,
            SelectedListenerFailureBehavior.ACCEPT,
            ApplicationProtocolNames.HTTP_2));
    if (options.getCiphers() != null) {
      builder.ciphers(Arrays.asList(options.getCiphers()));
    }
    if (options.getEnabledProtocols() != null) {
      builder.protocols(options.getEnabledProtocols());
    }
    try {
      return builder.build();
    } catch (SSLException | IllegalArgumentException refused) {
      throw settings.invalid(
          "ssl.bundle",
          String.valueOf(settings.values().getSsl().getBundle()),
          "The options of this bundle cannot be used: " + refused.getMessage());
    }
  }
}
