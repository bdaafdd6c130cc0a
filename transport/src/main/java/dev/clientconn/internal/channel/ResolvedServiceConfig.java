// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.SyncContextConfined;
import dev.clientconn.internal.serviceconfig.ServiceConfig;
import io.grpc.ChannelLogger;
import io.grpc.ChannelLogger.ChannelLogLevel;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the service config of one configuration of the channel: the builder's default until the
 * resolver has sent one, and the last good one where the resolver sends an invalid one.
 */
@SyncContextConfined
final class ResolvedServiceConfig {
  private final ServiceConfig initial;
  private final boolean hasDefault;
  private final boolean lookUp;
  private final ChannelLogger logger;
  private ServiceConfig current;

  private boolean resolvedOnce;

  ResolvedServiceConfig(ChannelOptions options, ChannelLogger logger) {
    ServiceConfig fromBuilder = options.defaultServiceConfig();
    this.hasDefault = fromBuilder != null;
    this.initial = fromBuilder == null ? ServiceConfig.EMPTY : fromBuilder;
    this.lookUp = options.lookUpServiceConfig();
    this.logger = logger;
    this.current = initial;
  }

  /**
   * Accepts what the resolver sent with addresses.
   *
   * @return why no config can be used, or {@code null}
   */
  @Nullable
  Status update(@Nullable ConfigOrError resolved) {
    if (!lookUp || resolved == null) {
      resolvedOnce = true;
      current = initial;
      return null;
    }
    if (resolved.getConfig() instanceof ServiceConfig config) {
      resolvedOnce = true;
      current = config;
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

  ServiceConfig current() {
    return current;
  }
}
