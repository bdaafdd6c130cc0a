// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import dev.clientconn.internal.concurrent.SyncContextConfined;
import dev.clientconn.transport.ChannelTotals.ResolutionOutcome;
import dev.clientconn.transport.TransportEvent.Kind;
import io.grpc.ChannelLogger.ChannelLogLevel;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver.ResolutionResult;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Records results of name resolvers and how long look-ups take, from the request to the first
 * result, and logs failures. Resolvers may send more results without a request; these are events,
 * but no look-ups.
 */
@SyncContextConfined
final class LookUpReport {

  private final ChannelContext context;
  private boolean awaited;
  private long began;
  private @Nullable Object lastAddresses;
  /** The failure that was logged since the last success; look-ups are retried for ever. */
  private @Nullable String loggedFailure;

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
      loggedFailure = null;
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

  /** Logs a failure when it changes, and each with the stack trace of its cause for debugging. */
  void retryScheduled(Status error, long delayNanos) {
    String format = "Name resolution failed, next try in {0} ms: {1}";
    String millis = Long.toString(TimeUnit.NANOSECONDS.toMillis(delayNanos));
    String failure = describe(error);
    if (!failure.equals(loggedFailure)) {
      loggedFailure = failure;
      context.logger().log(ChannelLogLevel.WARNING, format, millis, failure);
    }
    if (error.getCause() != null) {
      context.logger().log(ChannelLogLevel.INFO, format, millis, error);
    }
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
