// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;

/**
 * Limits the messages that calls send, unless a call has a limit of its own.
 *
 * @param bytes size of the largest message, before compression
 */
record OutboundLimit(int bytes) implements ClientInterceptor {

  @Override
  public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
      MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
    CallOptions effective = options.getMaxOutboundMessageSize() == null
        ? options.withMaxOutboundMessageSize(this.bytes)
        : options;
    return next.newCall(method, effective);
  }
}
