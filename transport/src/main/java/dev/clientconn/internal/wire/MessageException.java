// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import io.grpc.Status;

/**
 * Reports that a received message is not accepted. Has no stack trace: the peer caused it, not a
 * bug.
 */
public final class MessageException extends Exception {

  private final transient Status status;

  public MessageException(Status status) {
    super(status.getDescription(), null, false, false);
    this.status = status;
  }

  /** Returns the status that the call ends with. */
  public Status status() {
    return status;
  }
}
