// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.springgrpc;

import dev.clientconn.ClientConn;
import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls on a channel that it shares with other clients. Spring gRPC gives each client a
 * channel that the client may shut down; here this fails the later calls of that client only. Calls
 * in flight are not affected, since they belong to the shared channel.
 */
@CrossesThreads
final class SharedChannel extends ManagedChannel {

  private final ClientConn shared;

  private final Channel calls;

  /** Callbacks that run when the state changes, of which the shutdown of this client is one. */
  private final Map<Object, Runnable> stateCallbacks = new ConcurrentHashMap<>();

  private volatile boolean shutdown;

  /**
   * Creates the channel of one client.
   *
   * @param shared the channel of the target
   * @param calls the same channel with the interceptors of the client
   */
  SharedChannel(ClientConn shared, Channel calls) {
    this.shared = shared;
    this.calls = calls;
  }

  @Override
  public <ReqT, RespT> ClientCall<ReqT, RespT> newCall(
      MethodDescriptor<ReqT, RespT> method, CallOptions options) {
    return this.shutdown ? new EndedCall<>() : this.calls.newCall(method, options);
  }

  @Override
  public String authority() {
    return this.calls.authority();
  }

  @Override
  public ManagedChannel shutdown() {
    this.shutdown = true;
    this.stateCallbacks.keySet().forEach(this::runStateCallback);
    return this;
  }

  @Override
  public ManagedChannel shutdownNow() {
    return shutdown();
  }

  @Override
  public boolean isShutdown() {
    return this.shutdown || this.shared.isShutdown();
  }

  @Override
  public boolean isTerminated() {
    return this.shutdown || this.shared.isTerminated();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return this.shutdown || this.shared.awaitTermination(timeout, unit);
  }

  @Override
  public ConnectivityState getState(boolean requestConnection) {
    return this.shutdown ? ConnectivityState.SHUTDOWN : this.shared.getState(requestConnection);
  }

  @Override
  public void notifyWhenStateChanged(ConnectivityState source, Runnable callback) {
    if (source == ConnectivityState.SHUTDOWN) {
      return;
    }
    Object key = new Object();
    this.stateCallbacks.put(key, callback);
    this.shared.notifyWhenStateChanged(source, () -> runStateCallback(key));
    // A shutdown since the callback was added may have missed it.
    if (this.shutdown) {
      runStateCallback(key);
    }
  }

  /** Runs a callback once: the removal succeeds once. */
  private void runStateCallback(Object key) {
    Runnable callback = this.stateCallbacks.remove(key);
    if (callback != null) {
      callback.run();
    }
  }

  @Override
  public void resetConnectBackoff() {
    this.shared.resetConnectBackoff();
  }

  /** Does nothing: other clients may use the connections. */
  @Override
  public void enterIdle() {}

  @Override
  public String toString() {
    return "SharedChannel of " + this.shared;
  }

  /** A call of a channel that was shut down. */
  private static final class EndedCall<ReqT, RespT> extends ClientCall<ReqT, RespT> {

    @Override
    public void start(Listener<RespT> listener, Metadata headers) {
      listener.onClose(
          Status.UNAVAILABLE.withDescription("The channel of this client was shut down"),
          new Metadata());
    }

    // The call has ended: what follows has no effect.

    @Override
    public void request(int messages) {}

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {}

    @Override
    public void halfClose() {}

    @Override
    public void sendMessage(ReqT message) {}
  }
}
