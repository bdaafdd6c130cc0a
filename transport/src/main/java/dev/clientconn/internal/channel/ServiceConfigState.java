// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.call.RetryThrottle;
import dev.clientconn.internal.concurrent.CrossesThreads;
import dev.clientconn.internal.serviceconfig.MethodConfig;
import dev.clientconn.internal.serviceconfig.RetryThrottling;
import dev.clientconn.internal.serviceconfig.ServiceConfig;
import io.grpc.MethodDescriptor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the service config in force to the calls of a channel. Written in the sync context,
 * read by every call.
 */
@CrossesThreads
final class ServiceConfigState {
  private volatile ServiceConfig current;
  private volatile @Nullable RetryThrottle throttle;

  ServiceConfigState(ServiceConfig initial) {
    this.current = initial;
    this.throttle = newThrottle(initial);
  }

  /** Tokens are kept while the settings are: most updates concern something else. */
  void use(ServiceConfig config) {
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
}
