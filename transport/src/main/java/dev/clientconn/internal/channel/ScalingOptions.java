// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.transport.ChannelDefaults;
import dev.clientconn.transport.TransportListener;
import org.jspecify.annotations.Nullable;

/**
 * Holds the options about how many connections a subchannel has, and about calls that wait for a
 * stream slot of one of them (gRFC A105).
 *
 * @param maxConnections of each subchannel; {@code null} if the application has set none
 * @param maxPendingStreams how many calls may wait for a slot of a subchannel
 * @param pendingTimeoutNanos how long a call may wait for a slot; 0 for any time
 * @param idleNanos after how long without a call a connection is closed, unless it is the only one
 * @param listener notified when a call has waited
 */
public record ScalingOptions(
    @Nullable Integer maxConnections,
    int maxPendingStreams,
    long pendingTimeoutNanos,
    long idleNanos,
    TransportListener listener) {

  public static final ScalingOptions DEFAULT = new ScalingOptions(
      null,
      ChannelDefaults.MAX_PENDING_STREAMS,
      0,
      ChannelDefaults.CONNECTION_IDLE_TIMEOUT.toNanos(),
      TransportListener.NONE);

  /** Returns {@link #DEFAULT} if this has its values, see {@link ConnectionOptions#shared}. */
  public ScalingOptions shared() {
    boolean usual = maxConnections == null
        && maxPendingStreams == DEFAULT.maxPendingStreams
        && pendingTimeoutNanos == DEFAULT.pendingTimeoutNanos
        && idleNanos == DEFAULT.idleNanos
        && listener == DEFAULT.listener;
    return usual ? DEFAULT : this;
  }
}
