// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.SyncContextConfined;
import dev.clientconn.transport.ChannelTotals.ResolutionOutcome;
import dev.clientconn.transport.TransportEvent.Kind;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver.ResolutionResult;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records results of name resolvers and how long look-ups take, from the request to the first
 * result. Resolvers may send more results without a request; these are events, but no look-ups.
 */
@SyncContextConfined
final class LookUpReport {

  private final ChannelContext context;
  private boolean awaited;
  private long began;
  private @Nullable Object lastAddresses;

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
      reportAddresses(detail(addresses.getValue()));
    } else {
      end(ResolutionOutcome.REJECTED);
      context.recorder().event(Kind.NAME_RESOLUTION_FAILED, 0, describe(status));
    }
  }

  /** Look-ups at intervals usually return the same, and would displace the other events. */
  private void reportAddresses(Object detail) {
    if (!detail.equals(lastAddresses)) {
      lastAddresses = detail;
      context.recorder().event(Kind.NAME_RESOLVED, 0, detail);
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

  /** A few address groups are retained by the channel as well; many are not for an event alone. */
  private static Object detail(List<EquivalentAddressGroup> groups) {
    return groups.size() > AddressTexts.LISTED
        ? AddressTexts.describe(groups)
        : List.copyOf(groups);
  }

  private static String describe(Status status) {
    return status.getDescription() == null ? status.getCode().name() : status.getDescription();
  }

  private long now() {
    return context.threads().nanoTime().getAsLong();
  }
}
