// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.caller;

import com.google.protobuf.BytesValue;
import dev.clientconn.benchmarks.workload.CallKind;
import dev.clientconn.benchmarks.workload.StubMode;
import io.grpc.StatusException;
import io.grpc.stub.ClientCalls;
import java.util.Iterator;

/** Makes unary and server streaming calls with a blocking stub, on its own thread. */
final class BlockingCaller extends Caller {

  private final StubMode mode;
  private final CallerThreads threads;

  BlockingCaller(CallSource source, StubMode mode, CallerThreads threads, ClosedLoop loop) {
    super(source, loop);
    this.mode = mode;
    this.threads = threads;
  }

  @Override
  public void start() {
    threads.start(this::run);
  }

  private void run() {
    startNanos = System.nanoTime();
    try {
      do {
        call();
      } while (record());
    } catch (RuntimeException | Error e) {
      loop.failed(e);
    }
  }

  @Override
  void call() {
    if (source.kind() == CallKind.UNARY) {
      received(mode == StubMode.BLOCKING_V2 ? unaryV2() : unary());
      return;
    }
    Iterator<BytesValue> messages = ClientCalls.blockingServerStreamingCall(
        source.channel(), source.method(), source.options(), source.request());
    while (messages.hasNext()) {
      received(messages.next());
    }
  }

  private BytesValue unary() {
    return ClientCalls.blockingUnaryCall(
        source.channel(), source.method(), source.options(), source.request());
  }

  private BytesValue unaryV2() {
    try {
      return ClientCalls.blockingV2UnaryCall(
          source.channel(), source.method(), source.options(), source.request());
    } catch (StatusException e) {
      throw new IllegalStateException(e);
    }
  }
}
