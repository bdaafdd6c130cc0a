// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import static java.util.Objects.requireNonNull;

import dev.clientconn.ReloadableTls;
import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.TlsChannelCredentials;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.util.Arrays;
import java.util.Collections;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.core.NestedExceptionUtils;

/**
 * Makes TLS material of an SSL bundle, and replaces it when the bundle is updated. An update that
 * cannot be used changes nothing: one warning names the bundle and the reason.
 */
@CrossesThreads
final class ReloadableBundle {

  private final String source;

  /** Whether the certificates of servers are verified. */
  private final boolean verify;

  /** Guarded by this; null until the bundle was loaded, and after the end. */
  private @Nullable ReloadableTls tls;

  /** Guarded by this: what the material was made of. */
  private @Nullable SslBundle bundle;

  /** Guarded by this. */
  private boolean hasKey;

  /** Read on event loops, which must not wait for an update; null if no proxy uses the bundle. */
  private volatile @Nullable SslContext proxyContext;

  /** The same object for each builder: options that are objects are compared by equals. */
  @SuppressWarnings("UnnecessaryLambda")
  private final Supplier<SslContext> ofProxy = () -> requireNonNull(this.proxyContext);

  private ReloadableBundle(String source, boolean verify) {
    this.source = source;
    this.verify = verify;
  }

  /**
   * Loads a bundle, and from then on its updates.
   *
   * @param verify whether the certificates of servers are verified
   * @param property where the bundle is named, for log messages
   * @throws IllegalArgumentException if the bundle cannot be used
   */
  static ReloadableBundle of(SslBundles bundles, String name, boolean verify, String property) {
    ReloadableBundle bundle =
        new ReloadableBundle("the SSL bundle '" + name + "'" + property, verify);
    bundles.addBundleUpdateHandler(name, bundle::update);
    bundle.load(bundles, name);
    return bundle;
  }

  /**
   * Makes TLS material of a bundle that is in no registry and has no updates.
   *
   * @throws IllegalArgumentException if the bundle cannot be used
   */
  static ReloadableTls material(SslBundle bundle) {
    return ReloadableTls.of(new ReloadableBundle("", true).context(bundle));
  }

  /** An update that comes meanwhile waits, and is applied afterwards. */
  private synchronized void load(SslBundles bundles, String name) {
    SslBundle bundle = bundles.getBundle(name);
    this.hasKey = hasKey(bundle);
    this.tls = ReloadableTls.of(context(bundle));
    this.bundle = bundle;
  }

  /** Returns the bundle that new connections use: not an update that was refused. */
  synchronized @Nullable SslBundle bundle() {
    return this.bundle;
  }

  synchronized ReloadableTls tls() {
    ReloadableTls current = this.tls;
    if (current == null) {
      throw new IllegalStateException("The application context is closed.");
    }
    return current;
  }

  /** Returns what supplies the context for TLS to a proxy: the same object each time. */
  synchronized Supplier<SslContext> ofProxy() {
    SslBundle current = this.bundle;
    if (current == null) {
      throw new IllegalStateException("The application context is closed.");
    }
    if (this.proxyContext == null) {
      this.proxyContext = context(current, ApplicationProtocolNames.HTTP_1_1);
    }
    return this.ofProxy;
  }

  /** There is no way to remove the handler from the registry; it holds nothing after this. */
  synchronized void close() {
    this.tls = null;
    this.bundle = null;
  }

  private synchronized void update(SslBundle next) {
    ReloadableTls current = this.tls;
    if (current != null && current.update(this.source, () -> checkedContext(next))) {
      this.hasKey = hasKey(next);
      this.bundle = next;
      if (this.proxyContext != null) {
        this.proxyContext = context(next, ApplicationProtocolNames.HTTP_1_1);
      }
    }
  }

  private SslContext checkedContext(SslBundle next) {
    try {
      if (hasKey(next)) {
        // Throws if the certificate is not valid now, or if the key does not belong to it: while
        // files are written one after the other, a bundle can have one of each.
        ReloadableTls.of(TlsChannelCredentials.newBuilder()
            .keyManager(next.getManagers().getKeyManagers())
            .build());
      } else if (this.hasKey) {
        throw new IllegalArgumentException("It has no private key, and the one before has one.");
      }
      return context(next);
    } catch (IllegalStateException notReadable) {
      // Boot names the store in the message, and the file in that of the cause.
      String message = String.valueOf(notReadable.getMessage());
      String reason =
          String.valueOf(NestedExceptionUtils.getMostSpecificCause(notReadable).getMessage());
      throw new IllegalArgumentException(
          message.contains(reason) ? message : message + ": " + reason, notReadable);
    }
  }

  private static boolean hasKey(SslBundle bundle) {
    KeyStore store = bundle.getStores().getKeyStore();
    try {
      if (store != null) {
        for (String alias : Collections.list(store.aliases())) {
          if (store.isKeyEntry(alias)) {
            return true;
          }
        }
      }
      return false;
    } catch (KeyStoreException notLoaded) {
      throw new IllegalArgumentException(notLoaded.getMessage(), notLoaded);
    }
  }

  private SslContext context(SslBundle bundle) {
    return context(bundle, ApplicationProtocolNames.HTTP_2);
  }

  /**
   * Makes a context.
   *
   * @param protocol the application protocol, offered by ALPN
   */
  private SslContext context(SslBundle bundle, String protocol) {
    SslContextBuilder builder = SslContextBuilder.forClient()
        .keyManager(bundle.getManagers().getKeyManagerFactory())
        .trustManager(
            this.verify
                ? bundle.getManagers().getTrustManagerFactory()
                : InsecureTrustManagerFactory.INSTANCE)
        .applicationProtocolConfig(new ApplicationProtocolConfig(
            Protocol.ALPN,
            SelectorFailureBehavior.NO_ADVERTISE,
            SelectedListenerFailureBehavior.ACCEPT,
            protocol));
    SslOptions options = bundle.getOptions();
    String[] ciphers = options.getCiphers();
    String[] protocols = options.getEnabledProtocols();
    try {
      return builder
          .ciphers(
              ciphers == null ? Http2SecurityUtil.CIPHERS : Arrays.asList(ciphers),
              SupportedCipherSuiteFilter.INSTANCE)
          .protocols(protocols == null ? new String[] {"TLSv1.3", "TLSv1.2"} : protocols)
          .build();
    } catch (SSLException refused) {
      throw new IllegalArgumentException(refused.getMessage(), refused);
    }
  }
}
