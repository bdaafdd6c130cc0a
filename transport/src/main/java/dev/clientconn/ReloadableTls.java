// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.internal.concurrent.ChannelLog;
import dev.clientconn.internal.http2.connect.ClientKeyCheck;
import dev.clientconn.internal.http2.connect.CurrentTls;
import dev.clientconn.internal.http2.connect.TlsCredentials;
import io.grpc.ChannelCredentials;
import io.netty.handler.ssl.SslContext;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Holds the keys and certificates of one or several channels, which can be replaced while the
 * channels run. Any thread may call its methods.
 *
 * <p>After an update, new connections use the new material only. A connection that was made with
 * older material stays in use until another one, made with the new material, is ready; then it
 * takes no new calls, and its calls have {@link ClientConnBuilder#maxConnectionAgeGrace} to finish.
 * If the new material fails in the handshake, the existing connections stay in use until they end
 * by themselves, attempts to replace them continue with growing delays, and the channel logs one
 * warning.
 *
 * <p>Material that cannot be used is refused: the material before it stays in use.
 */
public final class ReloadableTls {
  private static final Logger LOGGER = ChannelLog.LOGGER;

  private final CurrentTls current;

  private ReloadableTls(SslContext context) {
    this.current = new CurrentTls(context);
  }

  /**
   * Begins with a TLS context. Contexts that are reference-counted are not released.
   *
   * @param context a client's, which offers {@code h2} by ALPN
   * @return what {@link ClientConnBuilder#tls} takes
   * @throws IllegalArgumentException for another context
   */
  public static ReloadableTls of(SslContext context) {
    return new ReloadableTls(checked(context));
  }

  /**
   * Begins with the keys and certificates of channel credentials.
   *
   * @param credentials {@code TlsChannelCredentials}
   * @return what {@link ClientConnBuilder#tls} takes
   * @throws IllegalArgumentException if the credentials cannot be read or are for plaintext, if the
   *     client certificate is not valid now, or if the private key does not belong to it
   */
  public static ReloadableTls of(ChannelCredentials credentials) {
    return new ReloadableTls(checkedContextOf(credentials));
  }

  /**
   * Replaces the material.
   *
   * @param next as for {@link #of(SslContext)}
   * @throws IllegalArgumentException as there; the material before it stays in use
   */
  public void update(SslContext next) {
    current.update(checked(next), "an SslContext");
  }

  /**
   * Replaces the material.
   *
   * @param next as for {@link #of(ChannelCredentials)}
   * @throws IllegalArgumentException as there; the material before it stays in use
   */
  public void update(ChannelCredentials next) {
    current.update(checkedContextOf(next), "TlsChannelCredentials");
  }

  /**
   * Loads new material and replaces the old by it. Never throws: if the loader throws or what it
   * returns cannot be used, one warning names the source and the reason, and the material before it
   * stays in use.
   *
   * @param source where the material comes from, for log messages: a file, an SSL bundle
   * @param loader called once, on this thread
   * @return whether the new material is in use
   */
  public boolean update(String source, Callable<SslContext> loader) {
    @Nullable Throwable problem = tryUpdate(source, loader);
    if (problem != null) {
      warn(source, problem);
    }
    return problem == null;
  }

  /** Returns why the new material is not used, {@code null} if it is. */
  @Nullable
  Throwable tryUpdate(String source, Callable<SslContext> loader) {
    try {
      SslContext next = loader.call();
      if (next == null) {
        throw new IllegalArgumentException("the loader returned null");
      }
      current.update(checked(next), source);
      return null;
    } catch (Throwable t) {
      return t;
    }
  }

  static void warn(String source, Throwable problem) {
    // The message of an IllegalArgumentException is a sentence; that of others may be a mere name.
    boolean sentence = problem instanceof IllegalArgumentException && problem.getMessage() != null;
    String reason = sentence ? problem.getMessage() : problem.toString();
    LOGGER.log(
        Level.WARNING,
        "New TLS material from " + source + " is not used, the material before it stays in use: "
            + reason,
        problem);
  }

  static SslContext checkedContextOf(ChannelCredentials credentials) {
    SslContext context = contextOf(credentials);
    if (context == null) {
      throw new IllegalArgumentException("The channel credentials are for plaintext");
    }
    ClientKeyCheck.check(credentials);
    return context;
  }

  /** Returns {@code null} for plaintext. */
  static @Nullable SslContext contextOf(ChannelCredentials credentials) {
    try {
      return TlsCredentials.toSslContext(credentials);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalArgumentException("The channel credentials cannot be used for TLS: " + e, e);
    }
  }

  private static SslContext checked(SslContext context) {
    if (!context.isClient()) {
      throw new IllegalArgumentException(
          "sslContext must be a client's: make it by SslContextBuilder.forClient()");
    }
    if (!context.applicationProtocolNegotiator().protocols().contains("h2")) {
      throw new IllegalArgumentException("sslContext must offer h2 by ALPN: set"
          + " applicationProtocolConfig with ApplicationProtocolNames.HTTP_2");
    }
    return context;
  }

  CurrentTls current() {
    return current;
  }
}
