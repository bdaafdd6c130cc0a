// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.springgrpc;

import dev.clientconn.ClientConn;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.util.concurrent.TimeUnit;

/** Makes calls on the channel of one client through the interceptors of that client. */
final class InterceptedChannel extends ManagedChannel {

  private final ClientConn own;

  private final Channel calls;

  /**
   * Creates the channel.
   *
   * @param own the channel, which no other client uses
   * @param calls the same channel with the interceptors
   */
  InterceptedChannel(ClientConn own, Channel calls) {
    this.own = own;
    this.calls = calls;
  }

  @Override
  public <ReqT, RespT> ClientCall<ReqT, RespT> newCall(
      MethodDescriptor<ReqT, RespT> method, CallOptions options) {
    return this.calls.newCall(method, options);
  }

  @Override
  public String authority() {
    return this.calls.authority();
  }

  @Override
  public ManagedChannel shutdown() {
    this.own.shutdown();
    return this;
  }

  @Override
  public ManagedChannel shutdownNow() {
    this.own.shutdownNow();
    return this;
  }

  @Override
  public boolean isShutdown() {
    return this.own.isShutdown();
  }

  @Override
  public boolean isTerminated() {
    return this.own.isTerminated();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return this.own.awaitTermination(timeout, unit);
  }

  @Override
  public ConnectivityState getState(boolean requestConnection) {
    return this.own.getState(requestConnection);
  }

  @Override
  public void notifyWhenStateChanged(ConnectivityState source, Runnable callback) {
    this.own.notifyWhenStateChanged(source, callback);
  }

  @Override
  public void resetConnectBackoff() {
    this.own.resetConnectBackoff();
  }

  @Override
  public void enterIdle() {
    this.own.enterIdle();
  }

  @Override
  public String toString() {
    return "InterceptedChannel of " + this.own;
  }
}
