// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.Status;

/**
 * Adds the error of the last name resolution to the status of calls that fail because no address of
 * an earlier resolution can be reached. Immutable.
 */
final class StaleAddressesPicker extends SubchannelPicker {
  private final SubchannelPicker picker;
  private final Status resolutionError;

  StaleAddressesPicker(SubchannelPicker picker, Status resolutionError) {
    this.picker = picker;
    this.resolutionError = resolutionError;
  }

  @Override
  public PickResult pickSubchannel(PickSubchannelArgs args) {
    PickResult result = picker.pickSubchannel(args);
    Status status = result.getStatus();
    if (status.isOk() || result.isDrop()) {
      return result;
    }
    return PickResult.withError(status.withDescription(status.getDescription()
        + "; the last name resolution failed, too: " + resolutionError.getDescription()));
  }

  @Override
  public String toString() {
    return "StaleAddressesPicker{" + picker + ", " + resolutionError + "}";
  }
}
