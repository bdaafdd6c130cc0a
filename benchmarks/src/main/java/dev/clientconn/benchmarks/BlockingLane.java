// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.protobuf.BytesValue;
import io.grpc.stub.ClientCalls;
import java.util.Iterator;

/** One call at a time by the blocking stub, on a thread of its own. */
final class BlockingLane implements Runnable {

  private final CallSource source;
  private final ClosedLoop loop;

  BlockingLane(CallSource source, ClosedLoop loop) {
    this.source = source;
    this.loop = loop;
  }

  @Override
  public void run() {
    try {
      long startNanos = System.nanoTime();
      while (source.kind() == CallKind.UNARY ? unary(startNanos) : stream(startNanos)) {
        startNanos = System.nanoTime();
      }
    } catch (RuntimeException | Error e) {
      loop.failed(e);
    }
  }

  private boolean unary(long startNanos) {
    source
        .check()
        .message(ClientCalls.blockingUnaryCall(
            source.channel(), source.method(), source.options(), source.request()));
    return loop.completed(startNanos, System.nanoTime());
  }

  private boolean stream(long startNanos) {
    Iterator<BytesValue> messages = ClientCalls.blockingServerStreamingCall(
        source.channel(), source.method(), source.options(), source.request());
    int count = 0;
    while (messages.hasNext()) {
      source.check().message(messages.next());
      loop.operation();
      count++;
    }
    source.check().end(count);
    return loop.ended(startNanos, System.nanoTime());
  }
}
