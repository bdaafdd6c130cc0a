// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.transport.ClientConnSnapshot;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.util.concurrent.TimeUnit;

/** A gRPC channel over ClientConn's own HTTP/2 transport. */
public final class ClientConn extends ManagedChannel {

  ClientConn() {}

  /** The channel as it is now: state, subchannels, connections, stream slots, windows. Never blocks. */
  public ClientConnSnapshot snapshot() {
    throw new UnsupportedOperationException("snapshot");
  }

  @Override
  public ConnectivityState getState(boolean requestConnection) {
    throw new UnsupportedOperationException("getState");
  }

  @Override
  public ClientConn shutdown() {
    throw new UnsupportedOperationException("shutdown");
  }

  @Override
  public boolean isShutdown() {
    throw new UnsupportedOperationException("isShutdown");
  }

  @Override
  public boolean isTerminated() {
    throw new UnsupportedOperationException("isTerminated");
  }

  @Override
  public ClientConn shutdownNow() {
    throw new UnsupportedOperationException("shutdownNow");
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    throw new UnsupportedOperationException("awaitTermination");
  }

  @Override
  public <ReqT, RespT> ClientCall<ReqT, RespT> newCall(
      MethodDescriptor<ReqT, RespT> method, CallOptions callOptions) {
    throw new UnsupportedOperationException("newCall");
  }

  @Override
  public String authority() {
    throw new UnsupportedOperationException("authority");
  }
}
