// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.web;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.stereotype.Component;

/** Logs every call with its status and duration. As a bean, it is applied to all clients. */
@Component
class CallLog implements ClientInterceptor {

  private static final Log LOG = LogFactory.getLog(CallLog.class);

  @Override
  public <Q, S> ClientCall<Q, S> interceptCall(
      MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<S> responses, Metadata headers) {
        long begin = System.nanoTime();
        super.start(
            new SimpleForwardingClientCallListener<>(responses) {
              @Override
              public void onClose(Status status, Metadata trailers) {
                Duration duration = Duration.ofNanos(System.nanoTime() - begin);
                LOG.debug(method.getFullMethodName() + " " + status.getCode() + " after "
                    + duration.toMillis() + " ms");
                super.onClose(status, trailers);
              }
            },
            headers);
      }
    };
  }
}
