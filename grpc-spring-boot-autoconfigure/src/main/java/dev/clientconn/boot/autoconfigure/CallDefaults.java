// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sets the deadline of the target on calls that have none, and wait-for-ready if it is configured.
 */
record CallDefaults(@Nullable Duration deadline, boolean waitForReady)
    implements ClientInterceptor {

  @Override
  public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
      MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
    CallOptions effective = options;
    if (this.deadline != null && options.getDeadline() == null) {
      effective = effective.withDeadlineAfter(
          TimeUnit.NANOSECONDS.convert(this.deadline), TimeUnit.NANOSECONDS);
    }
    if (this.waitForReady) {
      effective = effective.withWaitForReady();
    }
    return next.newCall(method, effective);
  }
}
