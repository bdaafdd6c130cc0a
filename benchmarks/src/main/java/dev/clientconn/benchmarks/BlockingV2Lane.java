// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.protobuf.BytesValue;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import org.jspecify.annotations.Nullable;

/** One call at a time by the blocking stub of the second kind, which streams both ways, on a thread of its own. */
final class BlockingV2Lane implements Runnable {

  private final CallSource source;
  private final ClosedLoop loop;

  BlockingV2Lane(CallSource source, ClosedLoop loop) {
    this.source = source;
    this.loop = loop;
  }

  @Override
  public void run() {
    try {
      while (call()) {
        // The next one follows at once.
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      loop.failed(e);
    } catch (StatusException | RuntimeException | Error e) {
      loop.failed(e);
    }
  }

  private boolean call() throws StatusException, InterruptedException {
    return switch (source.kind()) {
      case UNARY -> unary();
      case SERVER_STREAM -> serverStream();
      case CLIENT_STREAM -> clientStream();
      case PING_PONG -> pingPong();
      case DUPLEX -> throw new IllegalStateException("one thread cannot send and receive at will");
    };
  }

  private boolean unary() throws StatusException {
    long startNanos = System.nanoTime();
    source
        .check()
        .message(ClientCalls.blockingV2UnaryCall(
            source.channel(), source.method(), source.options(), source.request()));
    return loop.completed(startNanos, System.nanoTime());
  }

  private boolean serverStream() throws StatusException, InterruptedException {
    long startNanos = System.nanoTime();
    BlockingClientCall<BytesValue, BytesValue> call = ClientCalls.blockingV2ServerStreamingCall(
        source.channel(), source.method(), source.options(), source.request());
    int count = 0;
    for (BytesValue message = read(call); message != null; message = read(call)) {
      source.check().message(message);
      loop.operation();
      count++;
    }
    source.check().end(count);
    return loop.ended(startNanos, System.nanoTime());
  }

  private boolean clientStream() throws StatusException, InterruptedException {
    long startNanos = System.nanoTime();
    BlockingClientCall<BytesValue, BytesValue> call = ClientCalls.blockingClientStreamingCall(
        source.channel(), source.method(), source.options());
    for (int i = 0; i < source.requests(); i++) {
      write(call);
      loop.operation();
    }
    call.halfClose();
    source.check().message(response(call));
    source.check().end(read(call) == null ? 1 : 2);
    return loop.ended(startNanos, System.nanoTime());
  }

  /** One stream for the whole run. */
  private boolean pingPong() throws StatusException, InterruptedException {
    BlockingClientCall<BytesValue, BytesValue> call =
        ClientCalls.blockingBidiStreamingCall(source.channel(), source.method(), source.options());
    long startNanos;
    do {
      startNanos = System.nanoTime();
      write(call);
      source.check().message(response(call));
    } while (loop.roundTrip(startNanos, System.nanoTime()));
    call.halfClose();
    if (read(call) != null) {
      throw new IllegalStateException("a response came that no request had asked for");
    }
    loop.laneEnded();
    return false;
  }

  private void write(BlockingClientCall<BytesValue, BytesValue> call)
      throws StatusException, InterruptedException {
    if (!call.write(source.request())) {
      throw new IllegalStateException("the server ended the stream before all had been sent");
    }
  }

  private static BytesValue response(BlockingClientCall<BytesValue, BytesValue> call)
      throws StatusException, InterruptedException {
    BytesValue response = read(call);
    if (response == null) {
      throw new IllegalStateException("the server ended the stream without a response");
    }
    return response;
  }

  private static @Nullable BytesValue read(BlockingClientCall<BytesValue, BytesValue> call)
      throws StatusException, InterruptedException {
    return call.read();
  }
}
