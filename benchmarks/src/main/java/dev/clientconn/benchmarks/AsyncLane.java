// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.protobuf.BytesValue;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;

/** One call at a time by the asynchronous stub; runs on the thread that hears of the call's end. */
final class AsyncLane implements StreamObserver<BytesValue> {

  private final Channel channel;
  private final MethodDescriptor<BytesValue, BytesValue> method;
  private final boolean streaming;
  private final BytesValue request;
  private final CallCheck check;
  private final ClosedLoop loop;
  private long startNanos;
  private int messages;

  AsyncLane(Channel channel, BytesValue request, CallCheck check, ClosedLoop loop) {
    this.channel = channel;
    this.method = EchoMethods.of(check.expected());
    this.streaming = check.expected().streaming();
    this.request = request;
    this.check = check;
    this.loop = loop;
  }

  void start() {
    startNanos = System.nanoTime();
    call();
  }

  @Override
  public void onNext(BytesValue message) {
    messages++;
    check.message(message);
  }

  @Override
  public void onError(Throwable cause) {
    loop.failed(cause);
  }

  @Override
  public void onCompleted() {
    try {
      check.end(messages);
    } catch (IllegalStateException e) {
      loop.failed(e);
      return;
    }
    long now = System.nanoTime();
    if (loop.completed(startNanos, now)) {
      startNanos = now;
      call();
    }
  }

  private void call() {
    messages = 0;
    if (streaming) {
      ClientCalls.asyncServerStreamingCall(
          channel.newCall(method, CallOptions.DEFAULT), request, this);
    } else {
      ClientCalls.asyncUnaryCall(channel.newCall(method, CallOptions.DEFAULT), request, this);
    }
  }
}
