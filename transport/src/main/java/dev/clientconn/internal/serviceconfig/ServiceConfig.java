// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.serviceconfig;

import io.grpc.MethodDescriptor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds a parsed service config (gRFC A2).
 *
 * @param balancerConfig for a graceful-switch balancer, or {@code null} for the channel's default
 *     policy
 * @param byMethod keyed by {@code service/method}
 * @param byService keyed by service
 * @param fallback for methods that are in neither map
 * @param retryThrottling of the channel, {@code null} for none
 * @param maxConnectionsPerSubchannel {@code null} if the config sets none
 * @param healthCheckConfig for policies that check the health of servers (gRFC A17), or {@code
 *     null}
 */
public record ServiceConfig(
    @Nullable Object balancerConfig,
    Map<String, MethodConfig> byMethod,
    Map<String, MethodConfig> byService,
    MethodConfig fallback,
    @Nullable RetryThrottling retryThrottling,
    @Nullable Integer maxConnectionsPerSubchannel,
    @Nullable Map<String, ?> healthCheckConfig) {

  public static final ServiceConfig EMPTY =
      new ServiceConfig(null, Map.of(), Map.of(), MethodConfig.NONE, null, null, null);

  /** Finds the most specific entry: service and method, then service, then the nameless one. */
  public MethodConfig methodConfig(MethodDescriptor<?, ?> method) {
    if (!byMethod.isEmpty()) {
      MethodConfig found = byMethod.get(method.getFullMethodName());
      if (found != null) {
        return found;
      }
    }
    String service = byService.isEmpty() ? null : method.getServiceName();
    MethodConfig found = service == null ? null : byService.get(service);
    return found != null ? found : fallback;
  }
}
