// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import io.grpc.Status;

/** Statuses that resolvers and policies may end a call with (gRFC A54). */
final class ControlPlaneStatus {
  private ControlPlaneStatus() {}

  /** Returns INTERNAL in place of a code that only a server may send. */
  static Status legal(Status status) {
    return switch (status.getCode()) {
      case OK,
          INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          FAILED_PRECONDITION,
          ABORTED,
          OUT_OF_RANGE,
          DATA_LOSS ->
        Status.INTERNAL
            .withDescription("Inappropriate status code from the control plane: " + status.getCode()
                + (status.getDescription() == null ? "" : " " + status.getDescription()))
            .withCause(status.getCause());
      default -> status;
    };
  }
}
