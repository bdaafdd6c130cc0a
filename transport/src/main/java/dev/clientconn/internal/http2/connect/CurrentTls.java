// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import dev.clientconn.internal.concurrent.ChannelLog;
import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.transport.TlsVersion;
import io.netty.handler.ssl.SslContext;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Holds the TLS context that new connections use, and notifies channels when it is replaced. Any
 * number of channels may share one. Each context has its own cache of TLS sessions: connections
 * resume sessions of the same context only, so what a replaced trust store has accepted is verified
 * again.
 */
@CrossesThreads
public final class CurrentTls {
  private static final Logger LOGGER = ChannelLog.LOGGER;

  /** A context with its version: read together, so that a connection knows which one it has. */
  private record Entry(SslContext context, TlsVersion version) {}

  /** Weak: a channel that is dropped without a shutdown must not stay in memory for this. */
  private final List<WeakReference<Runnable>> listeners = new CopyOnWriteArrayList<>();

  private volatile Entry current;

  public CurrentTls(SslContext context) {
    this.current = new Entry(context, TlsVersion.FIXED);
  }

  public SslContext context() {
    return current.context();
  }

  public TlsVersion version() {
    return current.version();
  }

  /**
   * Replaces the context and notifies the channels, on the calling thread.
   *
   * @param source for log messages
   */
  public void update(SslContext next, String source) {
    replace(next, source);
    for (WeakReference<Runnable> reference : listeners) {
      Runnable listener = reference.get();
      if (listener != null) {
        notify(listener);
      }
    }
  }

  private static void notify(Runnable listener) {
    try {
      listener.run();
    } catch (Throwable t) {
      // The other channels must be notified, too.
      LOGGER.log(Level.WARNING, "A channel failed to handle new TLS material", t);
    }
  }

  private synchronized void replace(SslContext next, String source) {
    current = new Entry(next, new TlsVersion(current.version().number() + 1, source));
  }

  /**
   * Adds a listener, called after each change on the thread that made it. The caller must retain
   * it.
   */
  public void addListener(Runnable listener) {
    listeners.removeIf(reference -> reference.refersTo(null));
    listeners.add(new WeakReference<>(listener));
  }

  public void removeListener(Runnable listener) {
    listeners.removeIf(reference -> reference.refersTo(listener));
  }
}
