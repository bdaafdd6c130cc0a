// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.harbour;

import dev.clientconn.sample.v1.PortsGrpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.stereotype.Component;

/** Refuses calls of the ports service without the right bearer token. */
@Component
@GlobalServerInterceptor
class TokenCheck implements ServerInterceptor {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final String expected;

  TokenCheck(@Value("${harbour.token}") String token) {
    this.expected = "Bearer " + token;
  }

  @Override
  public <Q, S> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
    boolean ours = PortsGrpc.SERVICE_NAME.equals(call.getMethodDescriptor().getServiceName());
    if (ours && !expected.equals(headers.get(AUTHORIZATION))) {
      call.close(
          Status.UNAUTHENTICATED.withDescription("The harbour needs its bearer token"),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
    return next.startCall(call, headers);
  }
}
