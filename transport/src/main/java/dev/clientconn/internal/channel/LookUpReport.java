// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.SyncContextConfined;
import dev.clientconn.transport.ChannelTotals.ResolutionOutcome;
import dev.clientconn.transport.TransportEvent.Kind;
import io.grpc.EquivalentAddressGroup;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.NameResolver.ResolutionResult;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.SocketAddress;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Records results of name resolvers and how long look-ups take, from the request to the first
 * result. Resolvers may send more results without a request; these are events, but no look-ups.
 */
@SyncContextConfined
final class LookUpReport {

  private static final int LISTED = 3;

  private final ChannelContext context;
  private boolean awaited;
  private long began;

  LookUpReport(ChannelContext context) {
    this.context = context;
  }

  void begin() {
    awaited = true;
    began = now();
  }

  /**
   * @param status OK if the channel uses the result
   */
  void onResult(ResolutionResult result, Status status) {
    StatusOr<List<EquivalentAddressGroup>> addresses = result.getAddressesOrError();
    if (!addresses.hasValue()) {
      failed(addresses.getStatus());
    } else if (status.isOk()) {
      end(ResolutionOutcome.SUCCESS);
      context.recorder().event(Kind.NAME_RESOLVED, 0, describe(addresses.getValue()));
    } else {
      end(ResolutionOutcome.REJECTED);
      context.recorder().event(Kind.NAME_RESOLUTION_FAILED, 0, describe(status));
    }
  }

  void failed(Status error) {
    end(ResolutionOutcome.FAILURE);
    context.recorder().event(Kind.NAME_RESOLUTION_FAILED, 0, describe(error));
  }

  private void end(ResolutionOutcome outcome) {
    if (awaited) {
      awaited = false;
      context.recorder().resolved(outcome, now() - began);
    }
  }

  private static String describe(Status status) {
    return status.getDescription() == null ? status.getCode().name() : status.getDescription();
  }

  private static String describe(List<EquivalentAddressGroup> groups) {
    String first = groups.stream()
        .limit(LISTED)
        .map(group -> group.getAddresses().stream()
            .limit(LISTED)
            .map(LookUpReport::describe)
            .collect(Collectors.joining(", ")))
        .collect(Collectors.joining(", "));
    return groups.size()
        + (groups.size() == 1 ? " address: " : " addresses: ")
        + first
        + (groups.size() > LISTED ? ", …" : "");
  }

  /** Without the user and the password of a proxy. */
  static String describe(SocketAddress address) {
    return address instanceof HttpConnectProxiedSocketAddress proxied
        ? proxied.getTargetAddress() + " through the proxy " + proxied.getProxyAddress()
        : address.toString();
  }

  private long now() {
    return context.threads().nanoTime().getAsLong();
  }
}
