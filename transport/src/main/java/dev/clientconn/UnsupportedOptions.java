// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import io.grpc.BinaryLog;
import io.grpc.ClientTransportFilter;
import io.grpc.ManagedChannelBuilder;
import io.grpc.NameResolver;

/** The options of grpc-java's builder that a {@link ClientConn} cannot honour yet: each says so, and what to do instead. */
abstract class UnsupportedOptions extends ManagedChannelBuilder<ClientConnBuilder> {
  UnsupportedOptions() {}

  @Override
  public ClientConnBuilder addTransportFilter(ClientTransportFilter filter) {
    throw refused("addTransportFilter", "use a TransportListener or ClientConn.snapshot()");
  }

  @Override
  @Deprecated
  public ClientConnBuilder nameResolverFactory(NameResolver.Factory resolverFactory) {
    throw refused(
        "nameResolverFactory", "register a NameResolverProvider and name its scheme in the target");
  }

  @Override
  public ClientConnBuilder maxRetryAttempts(int maxRetryAttempts) {
    throw refused("maxRetryAttempts", "retry in the caller; retry policies are not acted on");
  }

  @Override
  public ClientConnBuilder maxHedgedAttempts(int maxHedgedAttempts) {
    throw refused("maxHedgedAttempts", "hedge in the caller; hedging policies are not acted on");
  }

  @Override
  public ClientConnBuilder retryBufferSize(long bytes) {
    throw refused(
        "retryBufferSize", "leave it out; nothing is kept for retries beyond an unsent message");
  }

  @Override
  public ClientConnBuilder perRpcBufferLimit(long bytes) {
    throw refused(
        "perRpcBufferLimit", "leave it out; nothing is kept for retries beyond an unsent message");
  }

  @Override
  public ClientConnBuilder setBinaryLog(BinaryLog binaryLog) {
    throw refused("setBinaryLog", "log in a ClientInterceptor");
  }

  @Override
  public ClientConnBuilder maxTraceEvents(int maxTraceEvents) {
    throw refused("maxTraceEvents", "set the log level of dev.clientconn.ClientConn to FINEST");
  }

  private static UnsupportedOperationException refused(String option, String instead) {
    return new UnsupportedOperationException(
        "ClientConnBuilder." + option + " is not supported yet: " + instead);
  }
}
