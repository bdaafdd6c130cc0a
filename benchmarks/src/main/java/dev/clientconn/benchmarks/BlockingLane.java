// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.protobuf.BytesValue;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.ClientCalls;
import java.util.Iterator;

/** One call at a time by the blocking stub, on a thread of its own. */
final class BlockingLane implements Runnable {

  private final Channel channel;
  private final BytesValue request;
  private final CallCheck check;
  private final ClosedLoop loop;

  BlockingLane(Channel channel, BytesValue request, CallCheck check, ClosedLoop loop) {
    this.channel = channel;
    this.request = request;
    this.check = check;
    this.loop = loop;
  }

  void start() {
    Thread thread = new Thread(this, "blocking-lane");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void run() {
    try {
      long startNanos = System.nanoTime();
      while (true) {
        call();
        long now = System.nanoTime();
        if (!loop.completed(startNanos, now)) {
          return;
        }
        startNanos = now;
      }
    } catch (RuntimeException | Error e) {
      loop.failed(e);
    }
  }

  private void call() {
    if (!check.expected().streaming()) {
      check.message(
          ClientCalls.blockingUnaryCall(channel, EchoMethods.UNARY, CallOptions.DEFAULT, request));
      return;
    }
    Iterator<BytesValue> messages = ClientCalls.blockingServerStreamingCall(
        channel, EchoMethods.SERVER_STREAM, CallOptions.DEFAULT, request);
    int count = 0;
    while (messages.hasNext()) {
      check.message(messages.next());
      count++;
    }
    check.end(count);
  }
}
