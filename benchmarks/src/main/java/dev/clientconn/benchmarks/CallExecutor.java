// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.MethodDescriptor;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Names the executor of calls that name none, for clients whose channels cannot be given one. */
record CallExecutor(Executor executor) implements ClientInterceptor {

  /** The channel itself where there is no executor. */
  static Channel addTo(Channel channel, @Nullable Executor executor) {
    return executor == null
        ? channel
        : ClientInterceptors.intercept(channel, new CallExecutor(executor));
  }

  @Override
  public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
      MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
    return next.newCall(
        method, options.getExecutor() == null ? options.withExecutor(executor) : options);
  }
}
