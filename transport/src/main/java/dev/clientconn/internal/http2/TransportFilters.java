// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2;

import dev.clientconn.internal.concurrent.ChannelLog;
import dev.clientconn.internal.concurrent.EventLoopConfined;
import io.grpc.Attributes;
import io.grpc.ClientTransportFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Calls the channel's {@link ClientTransportFilter}s for one connection: each once when the
 * connection is ready and once when it has ended. Filters are the user's code: what they throw is
 * caught here.
 */
@EventLoopConfined
final class TransportFilters {
  private static final Logger LOGGER = ChannelLog.LOGGER;

  private final List<ClientTransportFilter> filters;
  /** Those that accepted the connection; created for the first, as most channels have none. */
  private List<ClientTransportFilter> notified = List.of();

  private Attributes effective = Attributes.EMPTY;

  TransportFilters(List<ClientTransportFilter> filters) {
    this.filters = filters;
  }

  boolean isEmpty() {
    return filters.isEmpty();
  }

  /**
   * Passes the attributes through the filters in the order in which they were added, and returns
   * the result.
   *
   * @throws IllegalStateException if a filter throws or returns null; the connection is unusable
   */
  Attributes ready(Attributes attributes) {
    effective = attributes;
    notified = new ArrayList<>(filters.size());
    for (ClientTransportFilter filter : filters) {
      effective = ready(filter, effective);
      notified.add(filter);
    }
    return effective;
  }

  private static Attributes ready(ClientTransportFilter filter, Attributes attributes) {
    Attributes returned;
    try {
      returned = filter.transportReady(attributes);
    } catch (Throwable t) {
      throw new IllegalStateException("transport filter " + filter + " threw " + t, t);
    }
    if (returned == null) {
      throw new IllegalStateException("transport filter " + filter + " returned null");
    }
    return returned;
  }

  /** Calls those filters that were called by {@link #ready} and accepted the connection. */
  void terminated() {
    for (ClientTransportFilter filter : notified) {
      try {
        filter.transportTerminated(effective);
      } catch (Throwable t) {
        LOGGER.log(Level.WARNING, "Transport filter " + filter + " threw; the others go on", t);
      }
    }
    notified = List.of();
  }
}
