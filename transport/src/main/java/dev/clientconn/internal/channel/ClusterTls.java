// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.ChannelLog;
import dev.clientconn.internal.concurrent.SyncContextConfined;
import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.Status;
import java.util.List;
import java.util.logging.Logger;

/**
 * Reports servers for which an xDS control plane configures TLS of their own. It is not used, as in
 * grpc-java without {@code XdsChannelCredentials} (gRFC A29): the channel's credentials are.
 */
@SyncContextConfined
final class ClusterTls {
  private static final Logger LOGGER = ChannelLog.LOGGER;

  /** The key's class is in grpc-xds, which need not be on the class path. */
  private static final String KEY = "io.grpc.xds.internal.security.SslContextProviderSupplier";

  private static final String REMEDY = "the control plane configures TLS for this cluster, which"
      + " ClientConn does not use: set TLS for the whole channel, by ssl.* of the target or by"
      + " TlsChannelCredentials";

  private boolean warned;

  /** Warns, once for a channel, if these servers are to be called with TLS of their cluster. */
  void check(List<EquivalentAddressGroup> addresses, String target) {
    for (EquivalentAddressGroup group : addresses) {
      if (!warned && isConfiguredFor(group.getAttributes())) {
        warned = true;
        LOGGER.warning("[" + target + "] " + REMEDY);
      }
    }
  }

  /** Adds to the reason why a server cannot be reached that its cluster's TLS was not used. */
  static Status explain(Status reason, Attributes address) {
    return isConfiguredFor(address) ? reason.augmentDescription(REMEDY) : reason;
  }

  @SuppressWarnings("deprecation") // The key itself cannot be had, only compared by its name.
  private static boolean isConfiguredFor(Attributes address) {
    for (Attributes.Key<?> key : address.keys()) {
      if (key.toString().equals(KEY)) {
        return true;
      }
    }
    return false;
  }
}
