// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static java.util.Objects.requireNonNull;

import dev.clientconn.ClientConnBuilder;
import dev.clientconn.ReloadableTls;
import dev.clientconn.boot.autoconfigure.connection.TargetConnection;
import dev.clientconn.boot.autoconfigure.settings.SslSettings.Verify;
import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.TlsChannelCredentials;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.util.StringUtils;

/**
 * Applies the certificates, keys, ciphers and protocols of an SSL bundle to a builder, and later
 * changes of the bundle to its channels. It sets an SSL context instead of channel credentials,
 * which cannot contain ciphers and protocols and could not be changed by a customizer.
 */
@CrossesThreads
final class TlsConfigurer implements AutoCloseable {

  private static final Log logger = LogFactory.getLog(TlsConfigurer.class);

  private final @Nullable SslBundles bundles;

  private final Map<Use, ReloadableBundle> used = new ConcurrentHashMap<>();

  private final Set<String> warnings = ConcurrentHashMap.newKeySet();

  /** The last bundle of connection details, by the target. */
  private final Map<String, Provided> provided = new ConcurrentHashMap<>();

  /** The bundles of registries that targets use now, by the target. */
  private final Map<String, ReloadableBundle> named = new ConcurrentHashMap<>();

  /** Is the same for all channels, so that a change of other settings does not reconnect them. */
  private static final class Unverified {

    static final ReloadableTls TLS = ReloadableTls.of(TlsChannelCredentials.newBuilder()
        .trustManager(InsecureTrustManagerFactory.INSTANCE.getTrustManagers())
        .build());
  }

  /** A bundle and whether it is used to verify servers. */
  private record Use(String bundle, boolean verify) {}

  /** A bundle of connection details, and what was made of it. */
  private record Provided(SslBundle bundle, ReloadableTls tls) {}

  TlsConfigurer(@Nullable SslBundles bundles) {
    this.bundles = bundles;
  }

  /**
   * Applies the bundle of a target. Without a bundle the default of the builder applies: TLS with
   * the certificate authorities of the JVM.
   */
  void apply(TargetSettings settings, ClientConnBuilder builder) {
    TargetConnection connection = settings.connection();
    if (connection != null && connection.bundle() != null) {
      apply(connection, connection.bundle(), builder);
      return;
    }
    boolean verify = settings.values().getSsl().getVerify() != Verify.NONE;
    if (!verify) {
      warnOfNoVerification(settings);
    }
    String name = settings.values().getSsl().getBundle();
    if (!StringUtils.hasText(name)) {
      this.named.remove(settings.name());
      if (!verify) {
        builder.tls(Unverified.TLS);
      }
      return;
    }
    try {
      SslBundle bundle = bundle(settings, "ssl.bundle", name);
      ReloadableBundle reloadable = reloadable(settings, "ssl.bundle", name, verify);
      builder.tls(reloadable.tls());
      this.named.put(settings.name(), reloadable);
      warnOfClientCertificates(settings, bundle);
    } catch (IllegalArgumentException | IllegalStateException refused) {
      throw settings.invalid(
          "ssl.bundle", name, "This bundle cannot be used: " + refused.getMessage());
    }
  }

  /**
   * Returns the certificates and keys for TLS to the proxy of a target. Those of one bundle have
   * one supplier, so that equal proxies are equal.
   */
  Supplier<SslContext> ofProxy(TargetSettings settings, String name) {
    String key = "proxy.ssl.bundle";
    try {
      bundle(settings, key, name);
      return reloadable(settings, key, name, true).ofProxy();
    } catch (IllegalArgumentException | IllegalStateException refused) {
      throw settings.invalid(key, name, "This bundle cannot be used: " + refused.getMessage());
    }
  }

  private void apply(TargetConnection connection, SslBundle bundle, ClientConnBuilder builder) {
    try {
      builder.tls(this.provided.compute(
              connection.target(),
              (target, last) -> last != null && last.bundle == bundle
                  ? last
                  : new Provided(bundle, ReloadableBundle.material(bundle)))
          .tls);
    } catch (IllegalArgumentException | IllegalStateException refused) {
      throw connection.invalid("The SSL bundle: " + refused.getMessage());
    }
  }

  /** Returns the bundle that new connections of a target use; null if it has none. */
  @Nullable
  SslBundle inUse(String target) {
    Provided ofConnection = this.provided.get(target);
    ReloadableBundle reloadable = this.named.get(target);
    return ofConnection != null
        ? ofConnection.bundle
        : reloadable == null ? null : reloadable.bundle();
  }

  private SslBundle bundle(TargetSettings settings, String key, String name) {
    if (this.bundles == null) {
      throw settings.invalid(key, name, "There are no SSL bundles in this application.");
    }
    try {
      return this.bundles.getBundle(name);
    } catch (NoSuchSslBundleException missing) {
      throw settings.invalid(
          key,
          name,
          "There is no SSL bundle of this name below spring.ssl.bundle." + present(name)
              + " A bundle of your code must be there before the first channel is made: register it"
              + " in a bean of type SslBundleRegistrar.");
    }
  }

  /** Targets with the same bundle share its material, so that it is loaded once. */
  private ReloadableBundle reloadable(
      TargetSettings settings, String key, String name, boolean verify) {
    String property = PropertyText.inline(settings.property(key));
    return this.used.computeIfAbsent(
        new Use(name, verify),
        absent -> ReloadableBundle.of(requireNonNull(this.bundles), name, verify, property));
  }

  /** Logs a warning at each start, because connections without verification are not secure. */
  private void warnOfNoVerification(TargetSettings settings) {
    warnOnce("The gRPC target '" + settings.name()
        + "' does NOT verify the certificate of its server: anyone on the network path can"
        + " impersonate it, and read and change the calls. Use this in tests only, and trust a"
        + " private certificate by ssl.bundle instead."
        + PropertyText.ofNullable(settings.property("ssl.verify")));
  }

  /** Ends the updates: a registry may be used longer than this context. */
  @Override
  public void close() {
    this.used.values().forEach(ReloadableBundle::close);
    this.used.clear();
  }

  private String present(String missing) {
    List<String> names = this.bundles == null ? List.of() : this.bundles.getBundleNames();
    if (names.isEmpty()) {
      return " No bundles are configured.";
    }
    String meant = TargetNames.nearest(missing, names)
        .map(" Did you mean '%s'?"::formatted)
        .orElse("");
    return meant + " Configured: %s.".formatted(String.join(", ", names));
  }

  /** Settings are applied again at each refresh. */
  private void warnOnce(String text) {
    if (this.warnings.add(text)) {
      logger.warn(text);
    }
  }

  /** Warns only: servers that do not require a client certificate can still be called. */
  private void warnOfClientCertificates(TargetSettings settings, SslBundle bundle) {
    ClientCertificates.problems(bundle.getStores().getKeyStore(), Instant.now())
        .forEach(problem -> {
          ConfigurationProperty property = settings.property("ssl.bundle");
          warnOnce("The client certificate of the gRPC target '" + settings.name()
              + "' is not valid; servers that require one will reject it: " + problem
              + " in the SSL bundle." + PropertyText.ofNullable(property));
        });
  }
}
