// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.channel;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.List;

/**
 * Makes calls through interceptors. An exception that one throws from {@code start} reaches the
 * caller, which assumes that the call was not started and does not cancel it. So this class cancels
 * the call below, which may have started. Immutable.
 */
final class InterceptedChannel extends Channel {
  private final Channel intercepted;

  InterceptedChannel(Channel channel, List<ClientInterceptor> interceptors) {
    this.intercepted = ClientInterceptors.intercept(channel, interceptors);
  }

  @Override
  public <ReqT, RespT> ClientCall<ReqT, RespT> newCall(
      MethodDescriptor<ReqT, RespT> method, CallOptions options) {
    return new Call<>(intercepted.newCall(method, options));
  }

  @Override
  public String authority() {
    return intercepted.authority();
  }

  private static final class Call<ReqT, RespT> extends SimpleForwardingClientCall<ReqT, RespT> {
    Call(ClientCall<ReqT, RespT> call) {
      super(call);
    }

    @Override
    public void start(Listener<RespT> listener, Metadata headers) {
      try {
        super.start(listener, headers);
      } catch (Throwable t) {
        cancelQuietly(t);
        throw t;
      }
    }

    private void cancelQuietly(Throwable thrown) {
      try {
        cancel("An interceptor threw from start: " + thrown, thrown);
      } catch (Throwable again) {
        thrown.addSuppressed(again);
      }
    }
  }
}
