// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.benchmarks;

import com.google.protobuf.BytesValue;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;

/** The methods as grpc-java's server answers them. Streams of responses keep to the client's demand. */
final class EchoService {

  private final ServerSetting setting;
  private final BytesValue message;

  private EchoService(ServerSetting setting) {
    this.setting = setting;
    this.message = ResponseShape.payload(setting.responseBytes());
  }

  /** Every method, whatever kind the setting is of. */
  static ServerServiceDefinition of(ServerSetting setting) {
    EchoService service = new EchoService(setting);
    return ServerServiceDefinition.builder(EchoMethods.SERVICE)
        .addMethod(
            EchoMethods.UNARY,
            ServerCalls.asyncUnaryCall((request, out) -> service.answer(service.begin(out))))
        .addMethod(
            EchoMethods.SERVER_STREAM,
            ServerCalls.asyncServerStreamingCall((request, out) ->
                new Feeder(service.begin(out), service.message, setting.responses())))
        .addMethod(
            EchoMethods.CLIENT_STREAM, ServerCalls.asyncClientStreamingCall(service::clientStream))
        .addMethod(EchoMethods.PING_PONG, ServerCalls.asyncBidiStreamingCall(service::pingPong))
        .addMethod(EchoMethods.DUPLEX, ServerCalls.asyncBidiStreamingCall(service::duplex))
        .build();
  }

  private ServerCallStreamObserver<BytesValue> begin(StreamObserver<BytesValue> out) {
    ServerCallStreamObserver<BytesValue> call = (ServerCallStreamObserver<BytesValue>) out;
    if (setting.gzip()) {
      call.setCompression("gzip");
    }
    // With a handler a cancelled call ends in silence, without one every later onNext throws.
    call.setOnCancelHandler(() -> {});
    return call;
  }

  private void answer(StreamObserver<BytesValue> out) {
    out.onNext(message);
    out.onCompleted();
  }

  private StreamObserver<BytesValue> clientStream(StreamObserver<BytesValue> out) {
    ServerCallStreamObserver<BytesValue> call = begin(out);
    return new Requests(() -> {}, () -> answer(call));
  }

  private StreamObserver<BytesValue> pingPong(StreamObserver<BytesValue> out) {
    ServerCallStreamObserver<BytesValue> call = begin(out);
    return new Requests(() -> call.onNext(message), call::onCompleted);
  }

  private StreamObserver<BytesValue> duplex(StreamObserver<BytesValue> out) {
    Feeder feeder = new Feeder(begin(out), message, Long.MAX_VALUE);
    return new Requests(() -> {}, feeder::end);
  }

  /** Sends messages whenever the call is ready for more. Its callbacks come one at a time. */
  private static final class Feeder {

    private final ServerCallStreamObserver<BytesValue> out;
    private final BytesValue message;
    private long left;
    private boolean ended;

    Feeder(ServerCallStreamObserver<BytesValue> out, BytesValue message, long messages) {
      this.out = out;
      this.message = message;
      this.left = messages;
      out.setOnReadyHandler(this::feed);
    }

    void end() {
      if (!ended) {
        ended = true;
        out.onCompleted();
      }
    }

    private void feed() {
      while (left > 0 && !ended && out.isReady()) {
        left--;
        out.onNext(message);
      }
      if (left == 0) {
        end();
      }
    }
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
