// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.SyncContextConfined;
import dev.clientconn.internal.transport.ChannelDefaults;
import org.jspecify.annotations.Nullable;

/**
 * Holds the maximum number of connections of each subchannel of a channel (gRFC A105): the service
 * config's {@code maxConnectionsPerSubchannel}, or else the builder's. A value of the builder also
 * limits the service config's; without one that is limited to 10.
 */
@SyncContextConfined
final class ConnectionLimit {
  private final int fromBuilder;
  private final int cap;
  private int maximum;

  /**
   * @param fromBuilder {@code null} if the application has set none
   */
  ConnectionLimit(@Nullable Integer fromBuilder) {
    this.fromBuilder =
        fromBuilder == null ? ChannelDefaults.MAX_CONNECTIONS_PER_ADDRESS : fromBuilder;
    this.cap =
        fromBuilder == null ? ChannelDefaults.MAX_CONNECTIONS_OF_SERVICE_CONFIG : fromBuilder;
    this.maximum = this.fromBuilder;
  }

  int maximum() {
    return maximum;
  }

  /**
   * Applies a service config.
   *
   * @param fromConfig {@code null} if it sets none
   * @return whether the maximum has changed
   */
  boolean update(@Nullable Integer fromConfig) {
    int before = maximum;
    maximum = fromConfig == null ? fromBuilder : Math.min(fromConfig, cap);
    return maximum != before;
  }
}
