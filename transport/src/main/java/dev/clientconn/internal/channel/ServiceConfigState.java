// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.call.RetryThrottle;
import dev.clientconn.internal.concurrent.ChannelLog;
import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.serviceconfig.MethodConfig;
import dev.clientconn.internal.serviceconfig.RetryThrottling;
import dev.clientconn.internal.serviceconfig.ServiceConfig;
import io.grpc.ChannelLogger;
import io.grpc.ChannelLogger.ChannelLogLevel;
import io.grpc.MethodDescriptor;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;
import java.util.List;
import java.util.Objects;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Holds the service config in force, which is the builder's default until the resolver has sent
 * one. Written in the sync context, read by every call.
 */
@CrossesThreads
final class ServiceConfigState {
  private static final Logger LOGGER = ChannelLog.LOGGER;

  private final ServiceConfig initial;
  private final String target;
  private final boolean hasDefault;
  private final boolean lookUp;
  private final ChannelLogger logger;
  private volatile ServiceConfig current;
  private volatile @Nullable RetryThrottle throttle;

  private boolean resolvedOnce;

  /** What the last warning named: resolvers send the same config repeatedly. */
  private List<String> warnedOf = List.of();

  ServiceConfigState(ChannelOptions options, ChannelLogger logger) {
    ServiceConfig fromBuilder = options.defaultServiceConfig();
    this.hasDefault = fromBuilder != null;
    this.initial = fromBuilder == null ? ServiceConfig.EMPTY : fromBuilder;
    this.target = options.target().text();
    this.lookUp = options.lookUpServiceConfig();
    this.logger = logger;
    this.current = initial;
    this.throttle = newThrottle(initial);
    warnOfIgnored(initial);
  }

  /**
   * Accepts what the resolver sent with addresses. Sync context only.
   *
   * @return why no config can be used, or {@code null}
   */
  @Nullable
  Status update(@Nullable ConfigOrError resolved) {
    if (!lookUp || resolved == null) {
      resolvedOnce = true;
      use(initial);
      return null;
    }
    if (resolved.getConfig() instanceof ServiceConfig config) {
      resolvedOnce = true;
      use(config);
      warnOfIgnored(config);
      return null;
    }
    Status error = resolved.getError();
    if (error == null) {
      error = Status.UNAVAILABLE.withDescription(
          "The name resolver sent a service config that it did not pass through the channel's"
              + " parser");
    }
    if (resolvedOnce || hasDefault) {
      logger.log(
          ChannelLogLevel.WARNING,
          "Keeping the last good service config; the new one is invalid: " + error);
      return null;
    }
    return error;
  }

  /** Tokens are kept while the settings are: most updates concern something else. */
  private void use(ServiceConfig config) {
    RetryThrottle before = throttle;
    if (!Objects.equals(before == null ? null : before.settings(), config.retryThrottling())) {
      throttle = newThrottle(config);
    }
    current = config;
  }

  private static @Nullable RetryThrottle newThrottle(ServiceConfig config) {
    RetryThrottling settings = config.retryThrottling();
    return settings == null ? null : new RetryThrottle(settings);
  }

  /** The tokens of the config in force, {@code null} if it does not throttle. Any thread. */
  @Nullable
  RetryThrottle retryThrottle() {
    return throttle;
  }

  MethodConfig methodConfig(MethodDescriptor<?, ?> method) {
    return current.methodConfig(method);
  }

  @Nullable
  Integer maxConnectionsPerSubchannel() {
    return current.maxConnectionsPerSubchannel();
  }

  @Nullable
  Object balancerConfig() {
    return current.balancerConfig();
  }

  /** Logs at WARNING, so that it is seen where the channel's own logger is switched off. */
  private void warnOfIgnored(ServiceConfig config) {
    List<String> ignored = config.ignored();
    if (!ignored.isEmpty() && !ignored.equals(warnedOf)) {
      LOGGER.warning("[" + target + "] ClientConn does not act on these entries of the service"
          + " config: " + String.join(", ", ignored));
    }
    warnedOf = ignored;
  }
}
