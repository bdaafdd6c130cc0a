// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import io.grpc.Status;

/**
 * Replaces the status codes that only a server may send to an application, where a part of the
 * client (resolver, policy, call credentials) ends a call with one (gRFC A54).
 */
public final class ControlPlaneStatus {
  private ControlPlaneStatus() {}

  /**
   * Returns the status, or INTERNAL in place of a code that only a server may send; OK is one, as
   * nothing but a server's response can be a success.
   *
   * @param problem begins the description of INTERNAL
   */
  public static Status replaceServerCode(Status status, String problem) {
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
            .withDescription(problem + ": " + status.getCode()
                + (status.getDescription() == null ? "" : " " + status.getDescription()))
            .withCause(status.getCause());
      default -> status;
    };
  }
}
