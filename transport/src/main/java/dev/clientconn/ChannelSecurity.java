// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.internal.http2.connect.CurrentTls;
import dev.clientconn.internal.http2.connect.TlsCredentials;
import io.grpc.CallCredentials;
import io.grpc.ChannelCredentials;
import io.grpc.CompositeCallCredentials;
import io.grpc.CompositeChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/**
 * Holds how a channel's connections are secured. TLS is used unless plaintext was asked for.
 *
 * @param credentials without call credentials and choices; given to load-balancing policies
 * @param callCredentials applied to every call, absent if the channel has none
 * @param tls keys and certificates; absent for plaintext, and for default TLS until {@link
 *     #currentTls}
 * @param fixed whether the application gave credentials, which no other option may change
 * @param key what the application gave; equal for two builders that ask for the same
 */
record ChannelSecurity(
    ChannelCredentials credentials,
    @Nullable CallCredentials callCredentials,
    @Nullable ReloadableTls tls,
    boolean fixed,
    Object key) {

  /** Each is one object, which is the key of the builders that ask for it. */
  private static final ChannelCredentials TLS = TlsChannelCredentials.create();

  private static final ChannelCredentials PLAINTEXT = InsecureChannelCredentials.create();

  /** TLS with the JVM's trust store. */
  static ChannelSecurity defaultTls() {
    return new ChannelSecurity(TLS, null, null, false, TLS);
  }

  /**
   * The security that credentials ask for. Reads keys and certificates, so that mistakes show here.
   */
  static ChannelSecurity of(ChannelCredentials given) {
    ChannelCredentials credentials = TlsCredentials.firstSupported(given);
    CallCredentials callCredentials = null;
    while (credentials instanceof CompositeChannelCredentials composite) {
      CallCredentials outer = composite.getCallCredentials();
      callCredentials =
          callCredentials == null ? outer : new CompositeCallCredentials(outer, callCredentials);
      credentials = TlsCredentials.firstSupported(composite.getChannelCredentials());
    }
    boolean insecure = credentials instanceof InsecureChannelCredentials;
    return new ChannelSecurity(
        credentials,
        callCredentials,
        reloadable(credentials),
        true,
        insecure ? PLAINTEXT : credentials);
  }

  /** For a channel that a policy opens: its security cannot be changed by an option. */
  ChannelSecurity withoutCallCredentials() {
    return new ChannelSecurity(credentials, null, tls, true, key);
  }

  ChannelSecurity withTls(String option, ReloadableTls own, Object key) {
    checkChangeable(option);
    return new ChannelSecurity(TLS, null, own, false, key);
  }

  ChannelSecurity withPlaintext() {
    checkChangeable("usePlaintext");
    return new ChannelSecurity(PLAINTEXT, null, null, false, PLAINTEXT);
  }

  ChannelSecurity withTransportSecurity() {
    checkChangeable("useTransportSecurity");
    return isPlaintext() ? defaultTls() : this;
  }

  boolean isPlaintext() {
    return credentials instanceof InsecureChannelCredentials;
  }

  /** The TLS material, which is made here where there is none yet; {@code null} for plaintext. */
  @Nullable
  CurrentTls currentTls() {
    ReloadableTls made = tls != null ? tls : reloadable(credentials);
    return made == null ? null : made.current();
  }

  private static @Nullable ReloadableTls reloadable(ChannelCredentials credentials) {
    SslContext context = ReloadableTls.contextOf(credentials);
    return context == null ? null : ReloadableTls.of(context);
  }

  private void checkChangeable(String option) {
    if (fixed) {
      throw new IllegalStateException("ClientConnBuilder." + option
          + " cannot change what the channel credentials say: leave one of the two out");
    }
  }
}
