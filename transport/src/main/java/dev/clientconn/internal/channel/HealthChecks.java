// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.ChannelLog;
import dev.clientconn.internal.concurrent.SyncContextConfined;
import io.grpc.Attributes;
import io.grpc.LoadBalancer;
import java.util.List;
import java.util.Map;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Passes the service config's health checks to the policy, which does them (gRFC A17), and warns
 * where the policy has none: the servers are used without health checks then.
 */
@SyncContextConfined
final class HealthChecks {
  private static final Logger LOGGER = ChannelLog.LOGGER;
  private static final String SERVICE = "serviceName";

  private final String target;
  private boolean wanted;
  private boolean warned;

  HealthChecks(String target) {
    this.target = target;
  }

  /**
   * Adds the health checks to the attributes for the policy.
   *
   * @param resolved the attributes of the name resolver, which may ask for health checks itself
   * @param config of the service config, which takes precedence
   */
  Attributes addTo(Attributes resolved, @Nullable Map<String, ?> config) {
    Attributes attributes = config == null
        ? resolved
        : resolved.toBuilder()
            .set(LoadBalancer.ATTR_HEALTH_CHECKING_CONFIG, config)
            .build();
    Map<String, ?> effective = attributes.get(LoadBalancer.ATTR_HEALTH_CHECKING_CONFIG);
    wanted = effective != null && effective.get(SERVICE) != null;
    return attributes;
  }

  /** Called when the channel is READY. A policy that checks health has made a call before that. */
  void onReady(List<AddrConn> subchannels) {
    if (wanted
        && !warned
        && subchannels.stream().noneMatch(each -> each.channel().wasUsed())) {
      warned = true;
      LOGGER.warning("[" + target + "] The service config's healthCheckConfig has no effect: the"
          + " load-balancing policy checks no health. round_robin does, where"
          + " io.grpc:grpc-services is on the class path; pick_first never does");
    }
  }
}
