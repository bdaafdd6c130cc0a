// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks.server;

import com.google.protobuf.BytesValue;
import dev.clientconn.benchmarks.workload.EchoMessages;
import dev.clientconn.benchmarks.workload.EchoMethods;
import dev.clientconn.benchmarks.workload.Workload;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;

/** Implements the methods on grpc-java's server. It sends a stream only while it is ready. */
final class EchoService {

  private final Workload workload;
  private final BytesValue message;

  private EchoService(Workload workload) {
    this.workload = workload;
    this.message = EchoMessages.payload(workload.responseBytes());
  }

  /** Every method, whichever kind of call the workload makes. */
  static ServerServiceDefinition of(Workload workload) {
    EchoService service = new EchoService(workload);
    return ServerServiceDefinition.builder(EchoMethods.SERVICE)
        .addMethod(
            EchoMethods.UNARY,
            ServerCalls.asyncUnaryCall((request, out) -> service.respond(service.begin(out))))
        .addMethod(
            EchoMethods.SERVER_STREAM,
            ServerCalls.asyncServerStreamingCall(
                (request, out) -> service.serverStream(service.begin(out))))
        .addMethod(
            EchoMethods.CLIENT_STREAM, ServerCalls.asyncClientStreamingCall(service::clientStream))
        .addMethod(EchoMethods.PING_PONG, ServerCalls.asyncBidiStreamingCall(service::pingPong))
        .build();
  }

  private ServerCallStreamObserver<BytesValue> begin(StreamObserver<BytesValue> out) {
    ServerCallStreamObserver<BytesValue> call = (ServerCallStreamObserver<BytesValue>) out;
    if (workload.features().gzip()) {
      call.setCompression("gzip");
    }
    // Without a handler every onNext after a cancellation throws.
    call.setOnCancelHandler(() -> {});
    return call;
  }

  private void respond(StreamObserver<BytesValue> out) {
    out.onNext(message);
    out.onCompleted();
  }

  private void serverStream(ServerCallStreamObserver<BytesValue> out) {
    out.setOnReadyHandler(new Runnable() {
      private int left = workload.responses();

      @Override
      public void run() {
        while (left > 0 && out.isReady()) {
          left--;
          out.onNext(message);
          if (left == 0) {
            out.onCompleted();
          }
        }
      }
    });
  }

  private StreamObserver<BytesValue> clientStream(StreamObserver<BytesValue> out) {
    ServerCallStreamObserver<BytesValue> call = begin(out);
    return new Requests(() -> {}, () -> respond(call));
  }

  private StreamObserver<BytesValue> pingPong(StreamObserver<BytesValue> out) {
    ServerCallStreamObserver<BytesValue> call = begin(out);
    return new Requests(() -> call.onNext(message), call::onCompleted);
  }

  private record Requests(Runnable message, Runnable end) implements StreamObserver<BytesValue> {

    @Override
    public void onNext(BytesValue request) {
      message.run();
    }

    @Override
    public void onError(Throwable cancelled) {}

    @Override
    public void onCompleted() {
      end.run();
    }
  }
}
