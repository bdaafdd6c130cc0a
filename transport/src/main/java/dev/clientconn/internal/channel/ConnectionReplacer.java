// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.ChannelLog;
import dev.clientconn.internal.concurrent.SyncContextConfined;
import dev.clientconn.internal.transport.TlsVersion;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;

/**
 * Decides which connections of a subchannel are replaced: those that have reached their maximum
 * age, those that were made with older TLS material, and all when the application asks for it.
 * Each new connection replaces one of them, the oldest first; until it is ready the old one takes
 * calls. A replaced connection has a limited time to finish its calls.
 */
@SyncContextConfined
final class ConnectionReplacer {
  private static final Logger LOGGER = ChannelLog.LOGGER;

  /** Spreads ages: connections that were made together must not be replaced together. */
  private static final double JITTER = 0.1;

  private static final Status REPLACED =
      Status.UNAVAILABLE.withDescription("the connection has been replaced by another one");

  private final ChannelContext context;
  private final EstablishedConnections established;
  private final Runnable dialAnother;
  private boolean warned;

  /**
   * @param established the connections that take calls, the oldest first; a replaced one is removed
   * @param dialAnother dials one more connection, unless that is under way or delayed
   */
  ConnectionReplacer(
      ChannelContext context, EstablishedConnections established, Runnable dialAnother) {
    this.context = context;
    this.established = established;
    this.dialAnother = dialAnother;
  }

  /** Called before a connection is dialed. */
  void dialing(SubchannelConnection connection) {
    connection.tls = context.connector().tlsVersion();
  }

  /** Whether the connection was made with other TLS material than new ones are. */
  boolean hasOlderTls(SubchannelConnection connection) {
    return connection.tls.number() != context.connector().tlsVersion().number();
  }

  /**
   * Called after a connection has been offered to new calls: takes another one out of use. Returns
   * whether there was one.
   */
  boolean established(SubchannelConnection connection) {
    warned = false;
    long age = context.options().connections().maxAgeNanos();
    if (age > 0) {
      double spread = 1 + JITTER * (2 * context.random().getAsDouble() - 1);
      schedule(connection, () -> reachedMaxAge(connection), (long) (age * spread));
    }
    boolean replaced = false;
    for (SubchannelConnection other : established.all()) {
      if (other != connection && isOutdated(other)) {
        retire(other);
        replaced = true;
        break;
      }
    }
    replaceOutdated();
    return replaced;
  }

  private void reachedMaxAge(SubchannelConnection connection) {
    connection.reachedMaxAge = true;
    replaceOutdated();
  }

  /** Called when the TLS material has changed: the next failure is reported, too. */
  void tlsChanged() {
    warned = false;
    replaceOutdated();
  }

  /** Replaces the connections that are there now. */
  void replaceAll() {
    warned = false;
    established.all().forEach(connection -> connection.replacementRequested = true);
    replaceOutdated();
  }

  /** Dials a replacement if one is needed. */
  void replaceOutdated() {
    for (SubchannelConnection connection : established.all()) {
      if (isOutdated(connection)) {
        dialAnother.run();
        return;
      }
    }
  }

  private boolean isOutdated(SubchannelConnection connection) {
    return connection.reachedMaxAge || connection.replacementRequested || hasOlderTls(connection);
  }

  private String whyOutdated(SubchannelConnection connection) {
    TlsVersion tls = context.connector().tlsVersion();
    if (hasOlderTls(connection)) {
      return "was made before the TLS material changed cannot be replaced by one with the"
          + " material from " + tls.source();
    }
    return connection.reachedMaxAge
        ? "has reached its maximum age cannot be replaced"
        : "the application asked to replace cannot be replaced";
  }

  private void retire(SubchannelConnection old) {
    established.remove(old);
    // Before the drain, which ends the connection at once if it has no calls.
    schedule(old, () -> graceEnded(old), context.options().connections().graceNanos());
    old.replace(REPLACED);
  }

  private void graceEnded(SubchannelConnection old) {
    long millis = TimeUnit.NANOSECONDS.toMillis(context.options().connections().graceNanos());
    old.shutdownNow(REPLACED.withDescription(REPLACED.getDescription()
        + ", and the call did not end in the " + millis
        + " ms after that (maxConnectionAgeGrace; the property connections.max-age-grace with"
        + " Spring)"));
  }

  private void schedule(SubchannelConnection connection, Runnable task, long delayNanos) {
    connection.cancelTimer();
    connection.timer =
        context.sync().schedule(task, delayNanos, TimeUnit.NANOSECONDS, context.timers());
  }

  /** Called when an attempt to add a connection has failed. Reports the first failure in a row. */
  void attemptFailed(Status reason) {
    if (warned) {
      return;
    }
    for (SubchannelConnection connection : established.all()) {
      if (isOutdated(connection)) {
        warned = true;
        LOGGER.warning("[" + context.options().target().text() + "] A connection that "
            + whyOutdated(connection)
            + ": it stays in use, and further attempts follow. " + reason.getDescription());
        return;
      }
    }
  }
}
