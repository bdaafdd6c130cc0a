// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.call;

import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * Adds to a call's parameters the number of its attempt. A class of its own, so that calls which
 * are not retried need no room for it.
 */
final class RetriedPlan extends CallPlan {
  private final int previousAttempts;

  RetriedPlan(CallPlan of, @Nullable String authority, Metadata headers, int previousAttempts) {
    super(of, authority, headers);
    this.previousAttempts = previousAttempts;
  }

  @Override
  CallPlan copy(@Nullable String authority, Metadata headers) {
    return new RetriedPlan(this, authority, headers, previousAttempts);
  }

  @Override
  public int previousAttempts() {
    return previousAttempts;
  }
}
