// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import io.grpc.Status;

/** A message of the peer's that cannot be taken. The peer's fault, not a bug: carries no stack trace. */
public final class MessageException extends Exception {

  private final transient Status status;

  public MessageException(Status status) {
    super(status.getDescription(), null, false, false);
    this.status = status;
  }

  /** What the call ends with. */
  public Status status() {
    return status;
  }
}
