// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.resolver;

import dev.clientconn.internal.concurrent.ChannelLog;
import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.ProxiedSocketAddress;
import io.grpc.ProxyDetector;
import io.grpc.Status;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reports why the proxy of a channel cannot be used: it logs each reason once, because name
 * resolution is retried for ever, and has {@link #explain} add it to the status of calls. Name
 * resolvers run it in threads of theirs.
 */
@CrossesThreads
public final class GuardedProxyDetector implements ProxyDetector {
  private static final Logger LOGGER = ChannelLog.LOGGER;

  /** More are not retained: a detector of the application may give each look-up a new one. */
  private static final int MAX_REASONS = 100;

  private final ProxyDetector detector;
  private final String target;
  private final Set<String> logged = ConcurrentHashMap.newKeySet();

  /**
   * @param detector finds the proxies
   * @param target of the channel, for the log
   */
  public GuardedProxyDetector(ProxyDetector detector, String target) {
    this.detector = detector;
    this.target = target;
  }

  @Override
  public @Nullable ProxiedSocketAddress proxyFor(SocketAddress server) throws IOException {
    try {
      return detector.proxyFor(server);
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage());
      if (logged.size() < MAX_REASONS && logged.add(reason)) {
        LOGGER.log(Level.WARNING, "[" + target + "] No proxy for " + server + ": " + reason);
      }
      throw new UnusableProxyException(reason, e);
    }
  }

  /** Adds the reason to a failed name resolution: grpc-java's resolver has it as a cause only. */
  public static Status explain(Status error) {
    String description = String.valueOf(error.getDescription());
    for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof UnusableProxyException) {
        String reason = String.valueOf(cause.getMessage());
        if (!description.contains(reason)) {
          return error.withDescription(
              error.getDescription() == null ? reason : description + ": " + reason);
        }
      }
    }
    return error;
  }

  /** Carries the reason through name resolvers. */
  private static final class UnusableProxyException extends IOException {
    private static final long serialVersionUID = 1L;

    UnusableProxyException(String reason, IOException cause) {
      super("the proxy cannot be used: " + reason, cause);
    }

    /** Name resolvers put this text into a status, where the name of a class would not help. */
    @Override
    @SuppressWarnings("OverrideThrowableToString")
    public String toString() {
      return String.valueOf(getMessage());
    }
  }
}
